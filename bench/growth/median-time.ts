import { median } from '../quantiles.ts';

/** The middle of the times that `call` takes, in nanoseconds, after a few that are not counted. */
export function medianNs(call: () => void, times = 15, warmup = 5): number {
  const taken: number[] = [];
  for (let round = 0; round < warmup + times; round += 1) {
    const before = process.hrtime.bigint();
    call();
    if (round >= warmup) taken.push(Number(process.hrtime.bigint() - before));
  }
  return median(taken);
}
