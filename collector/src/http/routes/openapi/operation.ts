import type { Scope } from '../../../exchange/api-key.ts';
import type { Schema } from './schemas.ts';

/** One method of one path; parameters of the path stand in braces. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly summary: string;
  /** What a key must be allowed to do; `open` paths need none. */
  readonly scope: Scope | 'open';
  /** Query parameters; a name that ends in `*` may be given more than once. */
  readonly query?: readonly string[];
  readonly body?: Schema;
  /** The status of the answer when all went well, if it is not 200. */
  readonly status?: number;
  /** The body of that answer; absent when it has none. */
  readonly answer?: Schema;
  /** The media type of the answer where it is not JSON. */
  readonly mediaType?: string;
}
