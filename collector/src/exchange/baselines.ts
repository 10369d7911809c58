import type { StreamKey } from '@telltale/statistics';

/** A baseline as it is kept: never changed, named by the hash of its content. */
export interface StoredBaseline {
  readonly id: string;
  readonly key: StreamKey;
  readonly kind: string;
  readonly source: string;
  readonly quality: string;
  readonly size: number;
  readonly createdMs: number;
  readonly storedMs: number;
  /** Who put it here; the name of an API key. */
  readonly actor: string;
  readonly isCurrent: boolean;
}

/** Why a baseline was not taken or not made, in the words of HTTP. */
export interface BaselineRefusal {
  readonly ok: false;
  readonly status: 400 | 404 | 409 | 422;
  readonly message: string;
}

export type BaselineAnswer = { readonly ok: true; readonly id: string } | BaselineRefusal;
