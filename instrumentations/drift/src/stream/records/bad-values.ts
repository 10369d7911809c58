import type { Diagnostics } from '../../diagnostics.ts';
import type { StreamKey, StreamKind } from '../../types.ts';
import { badKind } from './observation.ts';

const KINDS_MAX = 8;

/** What was bad, in words, and how often: the first few kinds of it. */
export type BadKinds = Map<string, number>;

/** The first value of each bad kind is worth a word: often a field has another type than thought. */
export function countBad(
  raw: unknown,
  kinds: BadKinds,
  of: { readonly key: StreamKey; readonly kind: StreamKind; readonly diagnostics: Diagnostics },
): void {
  const kind = badKind(raw);
  const before = kinds.get(kind);
  if (before !== undefined || kinds.size < KINDS_MAX) kinds.set(kind, (before ?? 0) + 1);
  const { name, model } = of.key;
  const message = `Cannot use ${kind} in the ${of.kind} stream "${name}" of ${model}: it counts as invalid, and so do further ones`;
  of.diagnostics.once('bad_value', kind, message);
}
