export type Attribution = 'exclusive' | 'shared';

/** Energy counters of the devices at one time. */
export interface EnergySample {
  readonly atUs: number;
  /** Joules by device, of counters that only rise. */
  readonly joules: ReadonlyMap<string, number>;
  /** Whether another process holds a context on one of the devices. */
  readonly hasOthers: boolean;
}

interface Run {
  readonly startUs: number;
  endUs: number;
  joules: number;
  isShared: boolean;
}

interface Overlap {
  readonly run: Run;
  readonly fromUs: number;
  readonly toUs: number;
}

/** Runs that are held until the next sample. Beyond it runs get no share, and none is invented. */
const RUNS_MAX = 10_000;

/**
 * Divides the energy of the devices among the runs of this process.
 *
 * Between two samples with energy E, the share of the time in which any run was under way belongs
 * to the runs, each by its own time: E' = E * U / (b - a), share = E' * w / sum(w), where U is the
 * union of the runs in [a, b] and w the overlap of one. Shares of a gap never add up to more than E.
 * It is gross energy: what an idle device draws is included. A run that is shorter than the gap gets
 * its part of the gap's average power.
 */
export class EnergyAttribution {
  readonly #record: (joules: number, attribution: Attribution) => void;
  readonly #active = new Map<object, Run>();
  #ended: Run[] = [];
  #last: EnergySample | undefined;

  /** @param record called once a run, when the first sample after its end has come */
  constructor(record: (joules: number, attribution: Attribution) => void) {
    this.#record = record;
  }

  begin(key: object, startUs: number): void {
    if (this.#active.size >= RUNS_MAX) return;
    this.#active.set(key, { startUs, endUs: Number.POSITIVE_INFINITY, joules: 0, isShared: false });
  }

  end(key: object, endUs: number): void {
    const run = this.#active.get(key);
    if (run === undefined) return;
    this.#active.delete(key);
    run.endUs = endUs;
    if (this.#ended.length < RUNS_MAX) this.#ended.push(run);
  }

  sample(sample: EnergySample): void {
    const last = this.#last;
    this.#last = sample;
    if (last === undefined || sample.atUs <= last.atUs) {
      // What ended before the first sample has no energy to report.
      this.#ended = this.#ended.filter((run) => run.endUs > sample.atUs);
      return;
    }
    this.#divide(last, sample);
    const done = this.#ended.filter((run) => run.endUs <= sample.atUs);
    this.#ended = this.#ended.filter((run) => run.endUs > sample.atUs);
    for (const run of done) {
      // A run that began before the first sample is known in part only.
      this.#record(run.joules, run.isShared ? 'shared' : 'exclusive');
    }
  }

  #divide(from: EnergySample, to: EnergySample): void {
    const energy = energyBetween(from, to);
    const overlaps = this.#overlaps(from.atUs, to.atUs);
    if (to.hasOthers || from.hasOthers) for (const { run } of overlaps) run.isShared = true;
    markShared(overlaps);
    const total = overlaps.reduce((sum, one) => sum + (one.toUs - one.fromUs), 0);
    if (total <= 0 || energy <= 0) return;
    const ofRuns = (energy * unionUs(overlaps)) / (to.atUs - from.atUs);
    for (const { run, fromUs, toUs } of overlaps) {
      run.joules += (ofRuns * (toUs - fromUs)) / total;
    }
  }

  /** What lies of each run in [a, b], by its start. A run that is under way covers all up to b. */
  #overlaps(a: number, b: number): readonly Overlap[] {
    return [...this.#active.values(), ...this.#ended]
      .map((run) => ({
        run,
        fromUs: Math.max(a, run.startUs),
        toUs: Math.min(b, run.endUs),
      }))
      .filter(({ fromUs, toUs }) => toUs > fromUs)
      .toSorted((one, other) => one.fromUs - other.fromUs);
  }
}

/** Joules of the devices that both samples know. */
function energyBetween(from: EnergySample, to: EnergySample): number {
  let sum = 0;
  for (const [id, joules] of to.joules) {
    const before = from.joules.get(id);
    if (before !== undefined) sum += Math.max(0, joules - before);
  }
  return sum;
}

/** Length of the union of intervals that are sorted by their start. */
function unionUs(overlaps: readonly Overlap[]): number {
  let length = 0;
  let coveredTo = Number.NEGATIVE_INFINITY;
  for (const { fromUs, toUs } of overlaps) {
    if (toUs <= coveredTo) continue;
    length += toUs - Math.max(fromUs, coveredTo);
    coveredTo = toUs;
  }
  return length;
}

/** Marks the runs that were under way at the same time as another. */
function markShared(overlaps: readonly Overlap[]): void {
  let longest: Overlap | undefined;
  for (const overlap of overlaps) {
    if (longest !== undefined && overlap.fromUs < longest.toUs) {
      longest.run.isShared = true;
      overlap.run.isShared = true;
    }
    if (longest === undefined || overlap.toUs > longest.toUs) longest = overlap;
  }
}
