import { type Context, type Span, TraceFlags, type Tracer } from '@opentelemetry/api';

import type { ModelState } from '../model/model-state.ts';

import { now } from '../captured-globals.ts';
import { AggregateSpan } from './aggregate-span.ts';
import { TokenBucket } from './token-bucket.ts';

/** What is left of a parent's allowance for one model. */
interface ParentRuns {
  spans: number;
  aggregate: AggregateSpan | undefined;
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
  readonly #parents: WeakMap<Span, Map<ModelState, ParentRuns>> = new WeakMap();
  readonly #roots: WeakMap<ModelState, TokenBucket> = new WeakMap();
  readonly #open: Set<AggregateSpan> = new Set();

  constructor(limits: SpanLimits) {
    this.#limits = limits;
  }

  decide(model: ModelState, parent: Span | undefined, place: SpanPlace): SpanDecision {
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
      runs.aggregate = this.#startAggregate(model, place);
    }
    return runs.aggregate;
  }

  /** Ends all aggregate spans, before a flush. */
  endOpen(): void {
    for (const aggregate of this.#open) aggregate.end(); // a Set allows removal while iterating
  }

  #decideRoot(model: ModelState): SpanDecision {
    let bucket = this.#roots.get(model);
    if (bucket === undefined) {
      const perSecond = this.#limits.rootSpansPerSecondMax;
      bucket = new TokenBucket(perSecond, perSecond, now());
      this.#roots.set(model, bucket);
    }
    if (bucket.take(now)) return 'own';
    model.suppressedByRate++;
    return 'none';
  }

  #runsBelow(parent: Span, model: ModelState): ParentRuns {
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

  #startAggregate(model: ModelState, { tracer, context }: SpanPlace): AggregateSpan {
    const onEnd = (ended: AggregateSpan): void => {
      this.#open.delete(ended);
    };
    const aggregate = new AggregateSpan(tracer, model, { context, onEnd });
    this.#open.add(aggregate);
    return aggregate;
  }
}

export interface SpanPlace {
  readonly tracer: Tracer;
  readonly context: Context;
}
