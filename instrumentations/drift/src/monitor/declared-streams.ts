import { streamId } from '../stream/stream-id.ts';
import type { StreamKey } from '../types.ts';

/** Names may be user input: beyond this many, streams count as guessed. */
const DECLARED_MAX = 10_000;

/** Streams whose kind of values was declared, in all their seasons. */
export class DeclaredStreams {
  readonly #ids = new Set<string>();

  add(key: StreamKey): void {
    if (this.#ids.size < DECLARED_MAX) this.#ids.add(plainId(key));
  }

  has(key: StreamKey): boolean {
    return this.#ids.has(plainId(key));
  }
}

const plainId = (key: StreamKey): string => streamId({ ...key, season: '' });
