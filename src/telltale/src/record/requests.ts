import type { Attributes, BatchObservableResult } from '@opentelemetry/api';

import {
  ATTR_ERROR_TYPE,
  ATTR_REQUEST_NAME,
  instrumentOptions,
  METRIC_REQUEST_ACTIVE,
  METRIC_REQUEST_DURATION,
  sharedState,
} from '@telltale/core';

import { BoundHistogram } from '../instruments/bound-histogram.ts';
import { BoundedNames } from '../instruments/bounded-names.ts';
import { liveInstruments } from '../instruments/live-instruments.ts';

const NAMES_MAX = 50;
const ERROR_TYPES_MAX = 20;

/** Work that is under way. */
export interface RequestInFlight {
  /** Ends it, once: with the class of the failure when it failed. Later calls do nothing. */
  end(errorType?: string): void;
}

class RequestKind {
  readonly attributes: Attributes;
  readonly #errorTypes = new BoundedNames(ERROR_TYPES_MAX);
  readonly #succeeded: BoundHistogram;
  readonly #failed = new Map<string, BoundHistogram>();
  active = 0;
  ended = 0;
  failures = 0;

  constructor(name: string) {
    this.attributes = { [ATTR_REQUEST_NAME.name]: name };
    this.#succeeded = new BoundHistogram(METRIC_REQUEST_DURATION, this.attributes);
  }

  end(seconds: number, errorType: string | undefined): void {
    this.active -= 1;
    this.ended += 1;
    if (errorType === undefined) this.#succeeded.record(seconds);
    else {
      this.failures += 1;
      this.#failure(this.#errorTypes.admit(errorType)).record(seconds);
    }
  }

  #failure(type: string): BoundHistogram {
    let found = this.#failed.get(type);
    if (found === undefined) {
      const attributes = { ...this.attributes, [ATTR_ERROR_TYPE.name]: type };
      found = new BoundHistogram(METRIC_REQUEST_DURATION, attributes);
      this.#failed.set(type, found);
    }
    return found;
  }
}

const registry = sharedState('telltale.requests', () => {
  const kinds = new Map<string, RequestKind>();
  return { kinds, names: new BoundedNames(NAMES_MAX), bind: bindRequests(kinds) };
});

/** Starts work that is not HTTP: a queue message, a batch, a cron run. */
export function startRequest(name: string): RequestInFlight {
  registry.bind();
  const key = registry.names.admit(name);
  let kind = registry.kinds.get(key);
  if (kind === undefined) {
    kind = new RequestKind(key);
    registry.kinds.set(key, kind);
  }
  kind.active += 1;
  return new Running(kind);
}

/** Work of every kind: under way, ended, and failed among the ended. */
export function requestStatus(): Readonly<
  Record<string, { readonly active: number; readonly ended: number; readonly failures: number }>
> {
  return Object.fromEntries(
    Array.from(registry.kinds, ([name, { active, ended, failures }]) => [
      name,
      { active, ended, failures },
    ]),
  );
}

class Running implements RequestInFlight {
  readonly #kind: RequestKind;
  readonly #startMs = performance.now();
  #isEnded = false;

  constructor(kind: RequestKind) {
    this.#kind = kind;
  }

  end(errorType?: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#kind.end((performance.now() - this.#startMs) / 1000, errorType);
  }
}

/** How often a name did not fit. */
export const requestOverflow = (): number => registry.names.overflowed;

function bindRequests(kinds: ReadonlyMap<string, RequestKind>): () => void {
  return liveInstruments((meter) => {
    const active = meter.createObservableUpDownCounter(
      METRIC_REQUEST_ACTIVE.name,
      instrumentOptions(METRIC_REQUEST_ACTIVE),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const kind of kinds.values()) result.observe(active, kind.active, kind.attributes);
    };
    meter.addBatchObservableCallback(observe, [active]);
    return {
      instruments: undefined,
      detach: () => meter.removeBatchObservableCallback(observe, [active]),
    };
  });
}
