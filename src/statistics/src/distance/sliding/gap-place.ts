/** Two values of a baseline with none between them. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Where in its gap a value is, in parts of 2 to the number of bits. */
export function placeInGap(x: number, { from, to }: Gap, bits: number): number {
  const parts = 1 << bits;
  // Halves: a gap may be wider than the largest double.
  const share = (x / 2 - from / 2) / (to / 2 - from / 2);
  return Math.min(parts - 1, Math.floor(share * parts));
}

/**
 * The middle of such a part.
 *
 * @param code holds the place in its low bits
 */
export function valueInGap(code: number, { from, to }: Gap, bits: number): number {
  const parts = 1 << bits;
  const share = ((code & (parts - 1)) + 0.5) / parts;
  return from * (1 - share) + to * share;
}
