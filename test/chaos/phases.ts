/** A time in which a unit's level is high, and an alert is due. */
export interface Phase {
  readonly unit: string;
  readonly startMs: number;
  endMs: number;
}

/** Seeded, so that a run can be repeated (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Both longer than an outage on a busy machine, or else the service cannot have seen them. */
const HIGH_MS = { min: 10_000, spread: 4000 };
const LOW_MS = { min: 7000, spread: 3000 };

interface UnitState {
  readonly unit: string;
  phase: Phase | undefined;
  nextMs: number;
}

/** Switches each unit between low and high at random times. */
export class PhasePlan {
  readonly phases: Phase[] = [];
  readonly #random: () => number;
  readonly #units: UnitState[];
  #isEnding = false;

  constructor(units: readonly string[], random: () => number, nowMs: number) {
    this.#random = random;
    this.#units = units.map((unit) => {
      return { unit, phase: undefined, nextMs: nowMs + 500 + random() * 3000 };
    });
  }

  /** From now on no phase begins. */
  end(): void {
    this.#isEnding = true;
  }

  /** Whether a unit is still in a phase. */
  get isActive(): boolean {
    return this.#units.some(({ phase }) => phase !== undefined);
  }

  /** The units that are high at `nowMs`. */
  high(nowMs: number): ReadonlySet<string> {
    for (const state of this.#units) if (nowMs >= state.nextMs) this.#switch(state, nowMs);
    return new Set(this.#units.filter(({ phase }) => phase !== undefined).map(({ unit }) => unit));
  }

  #switch(state: UnitState, nowMs: number): void {
    if (state.phase !== undefined) {
      state.phase.endMs = nowMs;
      state.phase = undefined;
      state.nextMs = nowMs + LOW_MS.min + this.#random() * LOW_MS.spread;
    } else if (!this.#isEnding) {
      state.phase = { unit: state.unit, startMs: nowMs, endMs: Number.POSITIVE_INFINITY };
      this.phases.push(state.phase);
      state.nextMs = nowMs + HIGH_MS.min + this.#random() * HIGH_MS.spread;
    }
  }
}
