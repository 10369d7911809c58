/** What is kept of a prediction until its truth arrives. */
export interface RememberedPrediction {
  readonly model: string;
  readonly version: string;
  readonly outcome: string;
  /** From 0 to 1; absent when the application gave none. */
  readonly confidence?: number;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Place in the performance window, once the truth arrived. */
  windowIndex?: number;
}

export interface LedgerLimits {
  readonly predictionsMax: number;
  readonly ttlMs: number;
}

export const LEDGER_LIMITS: LedgerLimits = { predictionsMax: 10_000, ttlMs: 24 * 3_600_000 };

/**
 * The last predictions by id, so that a truth that arrives later finds its prediction. Bounded in
 * number and in age; what did not fit is counted.
 */
export class PredictionLedger {
  readonly #limits: LedgerLimits;
  readonly #byId = new Map<string, RememberedPrediction>();
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
    // Deleting first moves a repeated id to the young end.
    this.#byId.delete(id);
    this.#byId.set(id, prediction);
    if (this.#byId.size <= this.#limits.predictionsMax) return;
    for (const [oldest, { windowIndex }] of this.#byId) {
      this.#byId.delete(oldest);
      if (windowIndex === undefined) this.#evictedUnlabelled += 1;
      return;
    }
  }

  /** The prediction of an id, unless it is unknown or too old. A clock that steps back ages nothing. */
  find(id: string, nowMs: number): RememberedPrediction | undefined {
    const found = this.#byId.get(id);
    if (found === undefined) return undefined;
    if (nowMs - found.atMs <= this.#limits.ttlMs) return found;
    this.#byId.delete(id);
    return undefined;
  }
}
