import { createHash } from 'node:crypto';

/** What a key must allow for a route; `open` routes ask for no key. */
export type Scope = 'ingest' | 'read' | 'write' | 'admin' | 'open';

export interface ApiKey {
  readonly name: string;
  /** SHA-256 of the key. */
  readonly digest: Buffer;
  readonly scopes: readonly Scope[];
}

export function digestKey(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}
