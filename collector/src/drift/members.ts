import type { FleetTime } from './fleet-options.ts';
import type { FleetInstance } from './fleet-point.ts';

/** 0 learning, 1 stable, 2 warning, 3 drift, 4 alert. */
export const STATES = ['learning', 'stable', 'warning', 'drift', 'alert'] as const;
export type FleetState = (typeof STATES)[number];

export const ASPECTS = ['value', 'missing', 'novelty'] as const;
export type FleetAspect = (typeof ASPECTS)[number];

type Reading = 'evidence' | 'threshold' | 'state';

/** What an instance last said about one aspect, and when it was heard. */
interface AspectReadings {
  readonly values: Map<Reading, number>;
  seenMs: number;
}

interface Member {
  readonly instance: FleetInstance;
  readonly aspects: Map<FleetAspect, AspectReadings>;
  seenMs: number;
}

/** Verdicts of all live instances on one aspect. */
export interface AspectOfFleet {
  readonly aspect: FleetAspect;
  /** Mean of the instances' evidence: e-values average under any dependence. */
  readonly evidence: number | null;
  /** The largest of the instances' thresholds. */
  readonly threshold: number | null;
  readonly state: FleetState;
  readonly instances: number;
}

/** The instances of one stream with their own verdicts. */
export class Members {
  readonly #members: Map<string, Member> = new Map();

  get size(): number {
    return this.#members.size;
  }

  has(key: string): boolean {
    return this.#members.has(key);
  }

  /** Notes that an instance is alive. */
  touch(key: string, instance: FleetInstance, nowMs: number): void {
    const member = this.#members.get(key);
    if (member === undefined)
      this.#members.set(key, { instance, aspects: new Map(), seenMs: nowMs });
    else member.seenMs = nowMs;
  }

  note(
    key: string,
    reading: { readonly aspect: FleetAspect; readonly what: Reading; readonly value: number },
    nowMs: number,
  ): void {
    const aspects = this.#members.get(key)?.aspects;
    const known = aspects?.get(reading.aspect) ?? { values: new Map<Reading, number>(), seenMs: 0 };
    known.values.set(reading.what, reading.value);
    known.seenMs = nowMs;
    aspects?.set(reading.aspect, known);
  }

  /** Instances heard of lately. */
  live({ liveFromMs }: FleetTime): { readonly key: string; readonly instance: FleetInstance }[] {
    return [...this.#members]
      .filter(([, { seenMs }]) => seenMs >= liveFromMs)
      .map(([key, { instance }]) => ({ key, instance }));
  }

  silent({ liveFromMs }: FleetTime): FleetInstance[] {
    return [...this.#members.values()]
      .filter(({ seenMs }) => seenMs < liveFromMs)
      .map(({ instance }) => instance);
  }

  aspects(time: FleetTime): AspectOfFleet[] {
    return ASPECTS.flatMap((aspect): AspectOfFleet[] => {
      const live = this.#readings(aspect, time);
      if (live.length === 0) return [];
      const of = (what: Reading): number[] => live.flatMap(({ values }) => values.get(what) ?? []);
      const evidence = of('evidence');
      const thresholds = of('threshold');
      const sum = evidence.reduce((total, value) => total + value / evidence.length, 0);
      return [
        {
          aspect,
          evidence: evidence.length === 0 ? null : sum,
          threshold: thresholds.length === 0 ? null : Math.max(...thresholds),
          state: stateOf(Math.max(0, ...of('state'))),
          instances: live.length,
        },
      ];
    });
  }

  /** How many live instances are in each state, by the worst of their aspects. */
  byState(time: FleetTime): Record<FleetState, number> {
    const counts = { learning: 0, stable: 0, warning: 0, drift: 0, alert: 0 };
    for (const { key } of this.live(time)) counts[this.stateOf(key)] += 1;
    return counts;
  }

  stateOf(key: string): FleetState {
    const states = [...(this.#members.get(key)?.aspects.values() ?? [])].map(
      ({ values }) => values.get('state') ?? 0,
    );
    return stateOf(Math.max(0, ...states));
  }

  evidenceOf(key: string): number | undefined {
    return this.#members.get(key)?.aspects.get('value')?.values.get('evidence');
  }

  /** Forgets instances that were silent for the whole window. */
  forget({ fromMs }: FleetTime): void {
    for (const [key, { seenMs }] of this.#members) if (seenMs < fromMs) this.#members.delete(key);
  }

  #readings(aspect: FleetAspect, { liveFromMs }: FleetTime): AspectReadings[] {
    return [...this.#members.values()].flatMap(({ aspects }) => {
      const readings = aspects.get(aspect);
      return readings === undefined || readings.seenMs < liveFromMs ? [] : [readings];
    });
  }
}

const stateOf = (number: number): FleetState =>
  STATES[Math.min(4, Math.trunc(number))] ?? 'learning';
