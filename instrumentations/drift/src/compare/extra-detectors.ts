import {
  Adwin,
  type AdwinState,
  type Baseline,
  Cusum,
  PageHinkley,
  type PageHinkleyState,
} from '@telltale/statistics';

import type { ExtraDetector } from '../types.ts';

/** On values from 0 to 1 this makes a false alarm once in 100 000 records. */
const PAGE_HINKLEY_SUM_MAX = 32.5;
const PAGE_HINKLEY_RECORDS_MIN = 30;
/** In standard deviations: one false alarm in 465 normal records. */
const CUSUM_SUM_MAX = 5;

/** How often a detector cried, and when it did last. */
export interface DetectorRow {
  readonly name: ExtraDetector;
  readonly alarms: number;
  /** The record of the stream at the last alarm, counted from 1. */
  readonly lastRecord: number | null;
}

/** A detector as plain data. */
export interface DetectorSnapshot extends DetectorRow {
  readonly adwin?: AdwinState;
  readonly pageHinkley?: PageHinkleyState;
  readonly cusum?: { readonly up: number; readonly down: number };
}

/** One detector that starts afresh after each of its alarms. */
interface Detector {
  /** @returns whether it cries */
  update(value: number): boolean;
  state(): Partial<DetectorSnapshot>;
}

type Maker = (state: DetectorSnapshot | undefined) => Detector;

/** Detectors beside the evidence. They see every value, scaled by the baseline. */
export class ExtraDetectors {
  readonly #running: {
    readonly name: ExtraDetector;
    readonly make: Maker;
    detector: Detector;
    alarms: number;
    lastRecord: number | null;
  }[];

  constructor(
    names: readonly ExtraDetector[],
    baseline: Baseline,
    snapshots: readonly DetectorSnapshot[] = [],
  ) {
    this.#running = [...new Set(names)].flatMap((name) => {
      const make = makerOf(name, baseline);
      if (make === undefined) return [];
      const before = snapshots.find((snapshot) => snapshot.name === name);
      const { alarms = 0, lastRecord = null } = before ?? {};
      return { name, make, detector: make(before), alarms, lastRecord };
    });
  }

  /** @param record of the stream, counted from 1 */
  observe(value: number, record: number): void {
    for (const running of this.#running) {
      if (!running.detector.update(value)) continue;
      running.detector = running.make(undefined);
      running.alarms += 1;
      running.lastRecord = record;
    }
  }

  rows(): readonly DetectorRow[] {
    return this.#running.map(({ name, alarms, lastRecord }) => ({ name, alarms, lastRecord }));
  }

  snapshot(): readonly DetectorSnapshot[] {
    return this.#running.map(({ name, alarms, lastRecord, detector }) => ({
      name,
      alarms,
      lastRecord,
      ...detector.state(),
    }));
  }
}

/** @returns nothing where the baseline has no spread to scale by */
function makerOf(name: ExtraDetector, { moments, size }: Baseline): Maker | undefined {
  if (moments === undefined) return undefined;
  const { mean, m2, min, max } = moments;
  const sigma = Math.sqrt(m2 / size);
  if (!(sigma > 0) || !Number.isFinite(sigma) || !Number.isFinite(max - min)) return undefined;
  const unit = (value: number): number => Math.min(1, Math.max(0, (value - min) / (max - min)));
  switch (name) {
    case 'adwin':
      return (state) => adwin(unit, state);
    case 'page-hinkley':
      return (state) => pageHinkley(unit, state);
    case 'cusum':
      return (state) => cusum({ mean, sigma }, state);
  }
}

type Scale = (value: number) => number;

function adwin(unit: Scale, state: DetectorSnapshot | undefined): Detector {
  const detector = new Adwin({}, state?.adwin);
  return {
    update: (value) => detector.update(unit(value)),
    state: () => ({ adwin: detector.snapshot() }),
  };
}

function pageHinkley(unit: Scale, state: DetectorSnapshot | undefined): Detector {
  const detector = new PageHinkley({}, state?.pageHinkley);
  return {
    update: (value) => {
      const sum = detector.update(unit(value));
      return detector.count >= PAGE_HINKLEY_RECORDS_MIN && sum > PAGE_HINKLEY_SUM_MAX;
    },
    state: () => ({ pageHinkley: detector.snapshot() }),
  };
}

function cusum(
  options: { readonly mean: number; readonly sigma: number },
  state: DetectorSnapshot | undefined,
): Detector {
  const detector = new Cusum(options);
  detector.up = state?.cusum?.up ?? 0;
  detector.down = state?.cusum?.down ?? 0;
  return {
    update: (value) => detector.update(value) > CUSUM_SUM_MAX,
    state: () => ({ cusum: { up: detector.up, down: detector.down } }),
  };
}
