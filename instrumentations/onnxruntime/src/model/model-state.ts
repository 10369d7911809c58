import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_ERROR_TYPE,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  METRIC_INFERENCE_BATCH_SIZE,
  METRIC_INFERENCE_COMPUTE_DURATION,
  METRIC_INFERENCE_DURATION,
  METRIC_INFERENCE_QUEUE_DURATION,
  type MetricRow,
} from '@telltale/core';
import { BucketHistogram, now } from '@telltale/instrument';

import { PacedBudget } from '../measure/observer-budget.ts';
import { SlowRunThreshold } from '../measure/slow-run.ts';
import type { ModelOrigin } from '../model-file/model-origin.ts';
import type { NonFiniteCount } from '../non-finite.ts';
import type { FeedCapture } from '../operator-profile/feed-capture.ts';
import type { RootSpans } from '../spans/span-limiter.ts';
import type { ModelInfo, ObserverWishes, RunObserver } from '../types.ts';

const EWMA_WEIGHT = 0.05;

/** Facts of a model that change only at a load; read by gauges. */
export interface LoadFacts {
  readonly size?: number;
  /** Absent where the system does not tell it. */
  readonly memoryBytes?: number;
  /** Attributes of `ml.model.info`. */
  readonly info: Attributes;
}

/**
 * Everything counted for one model name and version, shared by its sessions. Plain numbers: the
 * counters are read by one observable callback, never recorded one by one.
 */
export class ModelState {
  readonly name: string;
  readonly version: string;
  /** Frozen and bound once: attribute objects are kept by reference. */
  readonly attributes: Readonly<Attributes>;
  readonly spanName: string;
  readonly duration: BucketHistogram = histogram(METRIC_INFERENCE_DURATION);
  readonly queue: BucketHistogram = histogram(METRIC_INFERENCE_QUEUE_DURATION);
  readonly compute: BucketHistogram = histogram(METRIC_INFERENCE_COMPUTE_DURATION);
  readonly batch: BucketHistogram = histogram(METRIC_INFERENCE_BATCH_SIZE);
  readonly failures: Map<string, FailureState> = new Map();
  readonly slow: SlowRunThreshold = new SlowRunThreshold();
  readonly nonFiniteInputs: NonFiniteCount = { nan: 0, inf: 0 };
  readonly nonFiniteOutputs: NonFiniteCount = { nan: 0, inf: 0 };
  /** Nodes by execution provider, from the last operator profile. */
  readonly placement: Map<string, number> = new Map();
  hasBatches = false;
  active = 0;
  items = 0;
  inputBytes = 0;
  outputBytes = 0;
  blockedMs = 0;
  suppressedByParent = 0;
  suppressedByRate = 0;
  /** Runs that a paced observer did not see, once for each such observer. */
  unobservedRuns = 0;
  loaded = 0;
  released = 0;
  collected = 0;
  /** Releases that ONNX Runtime refused, such as a second one. */
  refusedReleases = 0;
  /** Moving average of compute time in milliseconds; 0 before the first run. */
  computeEwmaMs = 0;
  load: LoadFacts | undefined;
  /** Where the model was loaded from last, when it was a file. */
  origin: ModelOrigin | undefined;
  /** Present while feeds of the next runs are being copied for a shadow profile. */
  capture: FeedCapture | undefined;
  rootSpans: RootSpans | undefined;
  /** What the session that was made last told about the model. */
  info: ModelInfo | undefined;
  readonly #observerBudgets = new WeakMap<RunObserver, PacedBudget>();

  constructor(name: string, version: string) {
    this.name = name;
    this.version = version;
    this.attributes = Object.freeze({
      [ATTR_MODEL_NAME.name]: name,
      [ATTR_MODEL_VERSION.name]: version,
    });
    this.spanName = `infer ${name}`;
  }

  /**
   * What an observer may cost: one budget for all sessions of the model, none for an observer that
   * must see every run.
   */
  observerBudget(observer: RunObserver, { mayMissRuns }: ObserverWishes): PacedBudget | undefined {
    if (mayMissRuns !== true) return undefined;
    const budget = this.#observerBudgets.get(observer) ?? new PacedBudget();
    this.#observerBudgets.set(observer, budget);
    return budget;
  }

  /** The series of one `error.type`; the classes are a closed list, so this is bounded. */
  failure(errorType: string): FailureState {
    let state = this.failures.get(errorType);
    if (state === undefined) {
      state = {
        attributes: Object.freeze({ ...this.attributes, [ATTR_ERROR_TYPE.name]: errorType }),
        duration: histogram(METRIC_INFERENCE_DURATION),
      };
      this.failures.set(errorType, state);
    }
    return state;
  }

  addCompute(computeMs: number): void {
    this.computeEwmaMs =
      this.computeEwmaMs === 0
        ? computeMs
        : this.computeEwmaMs + EWMA_WEIGHT * (computeMs - this.computeEwmaMs);
  }
}

export interface FailureState {
  readonly attributes: Readonly<Attributes>;
  readonly duration: BucketHistogram;
}

function histogram(row: MetricRow): BucketHistogram {
  return new BucketHistogram(row.buckets ?? [], now());
}
