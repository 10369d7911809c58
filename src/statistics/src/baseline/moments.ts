/** Size-free summary of a sample. */
export interface Moments {
  readonly mean: number;
  /** Sum of squared differences from the mean. */
  readonly m2: number;
  readonly min: number;
  readonly max: number;
  readonly q25: number;
  readonly q75: number;
}

/** @param sorted ascending, at least one value */
export function momentsOf(sorted: Float64Array): Moments {
  const n = sorted.length;
  let mean = 0;
  let m2 = 0;
  for (let index = 0; index < n; index += 1) {
    const value = sorted[index] ?? 0;
    const delta = value - mean;
    mean += delta / (index + 1);
    m2 += delta * (value - mean);
  }
  const at = (place: number): number => sorted[Math.max(0, place - 1)] ?? 0;
  return {
    mean,
    m2,
    min: at(1),
    max: at(n),
    q25: at(Math.ceil(n / 4)),
    q75: at(Math.ceil((3 * n) / 4)),
  };
}
