import { FLAG_STALE } from '../../promql/series-source.ts';
import { type ArrivalInput, arrivalInputs, arrivalMode } from '../../rules/arrival.ts';
import type { RuleState } from '../../rules/group.ts';
import type { SeriesStore } from '../../storage/series-store.ts';
import type { StoredSeries } from '../../storage/stored-series.ts';

/** A sender's clock may run this far ahead; its samples are evaluated at their own time. */
const AHEAD_MS_MAX = 500;

/** Exporters do not keep their interval to the millisecond. */
const STEP_SLACK = 1.05;

/** What the gate remembers of a rule. */
interface Entry {
  readonly isTogether: boolean;
  readonly inputs: readonly ArrivalInput[];
  /** The store's epoch after the last evaluation; samples of later epochs are news. */
  epoch: number;
  /** The time of the last slot. What it should have seen, had it come in time, is no news. */
  slotMs: number;
  /** The series of each input at the last slot, as the store selected them. */
  atSlot: readonly (readonly StoredSeries[])[] | undefined;
  /** A series without news, looked at first: it tells of most arrivals that they are too early. */
  waitsFor: StoredSeries | undefined;
}

/**
 * Decides whether a rule may be evaluated between two slots, and for which time.
 *
 * An evaluation on arrival must see what the next slot will see, only earlier. A rule that mixes
 * series therefore waits until each of them has a sample since the rule's last evaluation: a
 * difference of two exporters is never one of a new and an old value. Series that are new since the
 * last slot, and rules that had no slot yet, wait for the slot. So do ranges that a series does not
 * fill yet, or no longer because its next sample is due: what `rate` makes of the rest depends on
 * the time of the evaluation.
 *
 * A sample that came late belongs to a slot that went by. With it, one exporter would have news of
 * an old export and another news of the next.
 */
export class ArrivalGate {
  readonly #store: SeriesStore;
  readonly #lookbackMs: number;
  readonly #entries: WeakMap<RuleState, Entry> = new WeakMap();

  constructor(store: SeriesStore, lookbackMs: number) {
    this.#store = store;
    this.#lookbackMs = lookbackMs;
  }

  /** Call after an evaluation of the rule. */
  noteEvaluated(state: RuleState, isSlot: boolean): void {
    const entry = this.#entryOf(state);
    if (!entry.isTogether) return;
    entry.epoch = this.#store.nextEpoch();
    entry.waitsFor = undefined;
    if (!isSlot) return;
    entry.slotMs = state.evaluations[0]?.timeMs ?? Number.NEGATIVE_INFINITY;
    entry.atSlot = entry.inputs.map(({ matchers }) => this.#store.all(matchers));
  }

  /** The time to evaluate the rule for, now that samples of it arrived; `undefined`: not yet. */
  timeOf(state: RuleState, nowMs: number): number | undefined {
    const entry = this.#entryOf(state);
    const lastMs = state.evaluations[0]?.timeMs ?? Number.NEGATIVE_INFINITY;
    if (entry.isTogether && !this.#hasNews(entry, nowMs)) return undefined;
    const newestMs = this.#newestMs(entry);
    const isOwnTime = newestMs > lastMs && newestMs <= nowMs + AHEAD_MS_MAX;
    const timeMs = isOwnTime ? newestMs : nowMs;
    // The time of a rule never goes back: `for` and recordings count on it.
    if (timeMs <= lastMs) return undefined;
    const ranges = entry.inputs.filter(({ isRange }) => isRange);
    return ranges.every((input) => this.#isFilled(input, timeMs)) ? timeMs : undefined;
  }

  /** Whether each series that counts has news, and none came since the last slot. */
  #hasNews(entry: Entry, nowMs: number): boolean {
    const { inputs, atSlot } = entry;
    if (entry.waitsFor !== undefined && !isNews(entry.waitsFor, entry)) return false;
    for (const [index, { matchers, windowMs }] of inputs.entries()) {
      const series = this.#store.all(matchers);
      // The store answers the same array until a series comes or goes.
      if (series !== atSlot?.[index]) return false;
      const isOld = (one: StoredSeries): boolean => {
        return !isNews(one, entry) && isLive(one, nowMs - windowMs);
      };
      entry.waitsFor = series.find(isOld);
      if (entry.waitsFor !== undefined) return false;
    }
    return true;
  }

  /** Whether the samples of each live series reach over the whole range, from end to end. */
  #isFilled({ matchers, windowMs }: ArrivalInput, timeMs: number): boolean {
    const fromMs = timeMs - windowMs;
    return this.#store.all(matchers).every((series) => {
      const { ring } = series;
      // At the slot it takes no part in the range either.
      if (!isLive(series, fromMs)) return true;
      const isBegun = (ring.page.times[ring.begin] ?? timeMs) <= fromMs;
      return isBegun && timeMs - ring.newestMs <= ring.newestStepMs * STEP_SLACK;
    });
  }

  /** The time of the newest sample of all inputs. */
  #newestMs({ inputs }: Entry): number {
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const { matchers } of inputs) {
      for (const { ring } of this.#store.all(matchers)) {
        if (ring.size > 0 && ring.newestMs > newestMs) newestMs = ring.newestMs;
      }
    }
    return newestMs;
  }

  #entryOf(state: RuleState): Entry {
    let entry = this.#entries.get(state);
    if (entry === undefined) {
      entry = {
        isTogether: arrivalMode(state.rule, new Set()) === 'together',
        inputs: arrivalInputs(state.rule, this.#lookbackMs),
        epoch: 0,
        slotMs: Number.NEGATIVE_INFINITY,
        atSlot: undefined,
        waitsFor: undefined,
      };
      this.#entries.set(state, entry);
    }
    return entry;
  }
}

/** Whether the series has a sample that the rule's last evaluation did not see, nor should have. */
function isNews({ ring, renewedEpoch, resource }: StoredSeries, { epoch, slotMs }: Entry): boolean {
  return renewedEpoch >= epoch && ring.newestMs + (resource?.lag.usualMs ?? 0) > slotMs;
}

/** Whether the series still counts: it has a sample after `fromMs`, and did not end. */
function isLive({ ring }: StoredSeries, fromMs: number): boolean {
  return ring.size > 0 && ring.newestMs > fromMs && (ring.newestFlags & FLAG_STALE) === 0;
}
