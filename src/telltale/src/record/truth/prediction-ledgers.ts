import type { AgeLimits } from '../../config/model-feedback.ts';
import { AgedIds } from './aged-ids.ts';

/** What is kept of a prediction until its truth arrives. */
export interface RememberedPrediction {
  readonly model: string;
  readonly version: string;
  /** The predicted class; absent for a predicted number. */
  readonly outcome?: string | undefined;
  /** The predicted number of a regression. */
  readonly value?: number | undefined;
  /** From 0 to 1; absent when the application gave none. */
  readonly confidence?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
  /** Place in the performance window, once the truth arrived. */
  windowIndex?: number | undefined;
  /** Which arrival it was; the ledger sets it. */
  sequence?: number;
}

/** Predictions of one model that are kept when nothing else was asked for. */
export const LEDGER_LIMITS: AgeLimits = { entriesMax: 10_000, ttlMs: 24 * 3_600_000 };

/**
 * The last predictions of each model by id, so that a truth that arrives later finds its prediction.
 * Each model has ids of its own: one request may ask several models under one id.
 */
export class PredictionLedgers {
  readonly #byModel = new Map<string, AgedIds<RememberedPrediction>>();
  readonly #limitsOf: (model: string) => AgeLimits;
  #evictedUnlabelled = 0;

  /** @param limitsOf what may be kept of a model; model names are bounded by the caller */
  constructor(limitsOf: (model: string) => AgeLimits) {
    this.#limitsOf = limitsOf;
  }

  /** Predictions that had to go before their truth came. */
  get evictedUnlabelled(): number {
    return this.#evictedUnlabelled;
  }

  remember(id: string, prediction: RememberedPrediction): void {
    this.#ledgerOf(prediction.model).put(id, prediction);
  }

  /**
   * The prediction of an id, of the model when one is named. Without a model an id that several
   * models used is `'ambiguous'`.
   */
  find(
    id: string,
    model: string | undefined,
    nowMs: number,
  ): RememberedPrediction | 'ambiguous' | undefined {
    if (model !== undefined) return this.#byModel.get(model)?.find(id, nowMs);
    let found: RememberedPrediction | undefined;
    for (const ledger of this.#byModel.values()) {
      const one = ledger.find(id, nowMs);
      if (one !== undefined && found !== undefined) return 'ambiguous';
      found ??= one;
    }
    return found;
  }

  /** Applies limits that have changed. */
  refreshLimits(model: string): void {
    this.#byModel.get(model)?.limit(this.#limitsOf(model));
  }

  /** Everything that is kept, model by model, the oldest first. */
  *entries(): Generator<readonly [id: string, prediction: RememberedPrediction]> {
    for (const ledger of this.#byModel.values()) yield* ledger.entries();
  }

  #ledgerOf(model: string): AgedIds<RememberedPrediction> {
    const known = this.#byModel.get(model);
    if (known !== undefined) return known;
    const created = new AgedIds<RememberedPrediction>(this.#limitsOf(model), (lost) => {
      if (lost.windowIndex === undefined) this.#evictedUnlabelled += 1;
    });
    this.#byModel.set(model, created);
    return created;
  }
}
