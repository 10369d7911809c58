import type { CompoundKind, StreamKey } from '../types.ts';
import type { PartState } from './value-parts.ts';

/** A compound stream as plain data; its parts are streams like others. */
export interface CompoundSnapshot {
  readonly key: StreamKey;
  readonly kind: CompoundKind;
  readonly state: PartState | null;
}
