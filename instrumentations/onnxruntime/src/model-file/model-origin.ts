import { resolve } from 'node:path';

import type { RuntimeCopy } from '../runtime/runtime-copy.ts';
import type { CreateArguments } from './create-arguments.ts';

/** What a session was made from: enough to make another one like it. */
export interface ModelOrigin {
  /** Absolute, because the working folder may change. It never leaves the process. */
  readonly path: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly copy: RuntimeCopy;
  /** What the file held then. */
  readonly contentId: string | undefined;
  /** Wall time of that load, most of which blocked the event loop. */
  readonly loadMs: number;
}

/** `undefined` where no file, or not only files, made the session: bytes are not kept. */
export function originOf(
  { source, options }: CreateArguments,
  loaded: Pick<ModelOrigin, 'copy' | 'contentId' | 'loadMs'>,
): ModelOrigin | undefined {
  if (source.path === undefined || holdsBytes(options?.['externalData'])) return undefined;
  return { path: resolve(source.path), options: { ...options }, ...loaded };
}

/** Weights beside the model may be given as bytes, which would be held for as long as we live. */
function holdsBytes(externalData: unknown): boolean {
  if (!Array.isArray(externalData)) return false;
  return externalData.some((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return typeof entry !== 'string';
    return typeof (entry as { readonly data?: unknown }).data !== 'string';
  });
}
