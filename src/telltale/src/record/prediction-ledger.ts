/** What is kept of a prediction until its truth arrives. */
export interface RememberedPrediction {
  readonly model: string;
  readonly version: string;
  readonly outcome: string;
  /** From 0 to 1; absent when the application gave none. */
  readonly confidence?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Place in the performance window, once the truth arrived. */
  windowIndex?: number | undefined;
  /** Which `remember` it was; the ledger sets it. */
  sequence?: number;
}

export interface LedgerLimits {
  readonly predictionsMax: number;
  readonly ttlMs: number;
}

const LEDGER_LIMITS: LedgerLimits = { predictionsMax: 10_000, ttlMs: 24 * 3_600_000 };

/**
 * The last predictions by id, so that a truth that arrives later finds its prediction. Bounded in
 * number and in age; what did not fit is counted.
 *
 * The order of age is a ring of ids: a `Map` whose oldest keys are deleted again and again leaves
 * holes that every look for the oldest one would walk over.
 */
export class PredictionLedger {
  readonly #limits: LedgerLimits;
  readonly #byId = new Map<string, RememberedPrediction>();
  readonly #ring: string[] = [];
  #sequence = 0;
  #evictedUnlabelled = 0;

  constructor(limits: LedgerLimits = LEDGER_LIMITS) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Predictions that had to go before their truth came. */
  get evictedUnlabelled(): number {
    return this.#evictedUnlabelled;
  }

  remember(id: string, prediction: RememberedPrediction): void {
    const sequence = this.#sequence;
    const slot = sequence % this.#limits.predictionsMax;
    this.#evict(this.#ring[slot], sequence - this.#limits.predictionsMax);
    this.#ring[slot] = id;
    prediction.sequence = sequence;
    this.#byId.set(id, prediction);
    this.#sequence += 1;
  }

  /** The prediction of an id, unless it is unknown or too old. A clock that steps back ages nothing. */
  find(id: string, nowMs: number): RememberedPrediction | undefined {
    const found = this.#byId.get(id);
    if (found === undefined) return undefined;
    if (nowMs - found.atMs <= this.#limits.ttlMs) return found;
    this.#byId.delete(id);
    return undefined;
  }

  /** Forgets what stood in a slot, unless its id was remembered anew since. */
  #evict(id: string | undefined, sequence: number): void {
    if (id === undefined) return;
    const entry = this.#byId.get(id);
    if (entry?.sequence !== sequence) return;
    this.#byId.delete(id);
    if (entry.windowIndex === undefined) this.#evictedUnlabelled += 1;
  }
}
