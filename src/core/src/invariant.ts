/** Stops at a bug of ours. Never for bad input: that gets an error which says where, what and what to do. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Telltale bug: ${message}`);
}
