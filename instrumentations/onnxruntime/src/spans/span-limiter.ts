import { type Context, type Span, TraceFlags, type Tracer } from '@opentelemetry/api';

import { now, TokenBucket } from '@telltale/instrument';

import { AggregateSpan, type SpannedModel } from './aggregate-span.ts';

/** What is left of a parent's allowance for one model. */
interface ParentRuns {
  spans: number;
  aggregate: AggregateSpan | undefined;
}

/** What is left of a model's allowance of spans without a parent. */
export interface RootSpans {
  /** A new configuration has a new limiter, which begins again. */
  readonly limiter: SpanLimiter;
  readonly bucket: TokenBucket;
}

/** A model as the limiter sees it: what is left of its spans, and how many were held back. */
export interface LimitedModel extends SpannedModel {
  rootSpans: RootSpans | undefined;
  suppressedByParent: number;
  suppressedByRate: number;
}

export interface SpanLimits {
  readonly spansPerParentMax: number;
  readonly rootSpansPerSecondMax: number;
}

/** A span of its own, a share of an aggregate span, or nothing. */
export type SpanDecision = 'own' | 'none' | AggregateSpan;

/**
 * Bounds the spans of runs: `spansPerParentMax` below one parent for each model, the rest in one
 * aggregate span, and a rate for runs without a parent. Everything skipped is counted.
 */
export class SpanLimiter {
  readonly #limits: SpanLimits;
  readonly #parents: WeakMap<Span, Map<LimitedModel, ParentRuns>> = new WeakMap();
  readonly #open: Set<AggregateSpan> = new Set();

  constructor(limits: SpanLimits) {
    this.#limits = limits;
  }

  decide(model: LimitedModel, place: SpanPlace, tracer: Tracer): SpanDecision {
    const { parent } = place;
    if (parent === undefined) return this.#decideRoot(model);
    // Below a parent that is not sampled nothing is recorded, so no object is made either.
    if ((parent.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return 'none';
    const runs = this.#runsBelow(parent, model);
    if (runs.spans < this.#limits.spansPerParentMax) {
      runs.spans++;
      return 'own';
    }
    model.suppressedByParent++;
    if (runs.aggregate === undefined || runs.aggregate.isEnded) {
      runs.aggregate = this.#startAggregate(model, place.context, tracer);
    }
    return runs.aggregate;
  }

  /** Ends all aggregate spans, before a flush. */
  endOpen(): void {
    for (const aggregate of this.#open) aggregate.end(); // a Set allows removal while iterating
  }

  #decideRoot(model: LimitedModel): SpanDecision {
    let { rootSpans } = model;
    if (rootSpans?.limiter !== this) {
      const perSecond = this.#limits.rootSpansPerSecondMax;
      rootSpans = { limiter: this, bucket: new TokenBucket(perSecond, perSecond, now()) };
      model.rootSpans = rootSpans;
    }
    if (rootSpans.bucket.takeRarely(now)) return 'own';
    model.suppressedByRate++;
    return 'none';
  }

  #runsBelow(parent: Span, model: LimitedModel): ParentRuns {
    let models = this.#parents.get(parent);
    if (models === undefined) {
      models = new Map();
      this.#parents.set(parent, models);
    }
    let runs = models.get(model);
    if (runs === undefined) {
      runs = { spans: 0, aggregate: undefined };
      models.set(model, runs);
    }
    return runs;
  }

  #startAggregate(model: LimitedModel, context: Context, tracer: Tracer): AggregateSpan {
    const onEnd = (ended: AggregateSpan): void => {
      this.#open.delete(ended);
    };
    const aggregate = new AggregateSpan(tracer, model, { context, onEnd });
    this.#open.add(aggregate);
    return aggregate;
  }
}

/** Where a run is: a record of one is such a place. */
export interface SpanPlace {
  readonly context: Context;
  readonly parent: Span | undefined;
}
