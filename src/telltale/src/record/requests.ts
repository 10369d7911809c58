import type { Attributes, BatchObservableResult, Histogram } from '@opentelemetry/api';

import {
  ATTR_ERROR_TYPE,
  ATTR_REQUEST_NAME,
  instrumentOptions,
  METRIC_REQUEST_ACTIVE,
  METRIC_REQUEST_DURATION,
  sharedState,
} from '@telltale/core';

import { BoundedNames } from './bounded-names.ts';
import { liveInstruments } from './live-instruments.ts';

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
  readonly #failed = new Map<string, Attributes>();
  active = 0;

  constructor(name: string) {
    this.attributes = { [ATTR_REQUEST_NAME.name]: name };
  }

  attributesOf(errorType: string | undefined): Attributes {
    if (errorType === undefined) return this.attributes;
    const type = this.#errorTypes.admit(errorType);
    let attributes = this.#failed.get(type);
    if (attributes === undefined) {
      attributes = { ...this.attributes, [ATTR_ERROR_TYPE.name]: type };
      this.#failed.set(type, attributes);
    }
    return attributes;
  }
}

const registry = sharedState('telltale.requests', () => {
  const kinds = new Map<string, RequestKind>();
  return { kinds, names: new BoundedNames(NAMES_MAX), bind: bindRequests(kinds) };
});

/** Starts work that is not HTTP: a queue message, a batch, a cron run. */
export function startRequest(name: string): RequestInFlight {
  const { duration } = registry.bind();
  const key = registry.names.admit(name);
  let kind = registry.kinds.get(key);
  if (kind === undefined) {
    kind = new RequestKind(key);
    registry.kinds.set(key, kind);
  }
  kind.active += 1;
  return new Running(kind, duration);
}

class Running implements RequestInFlight {
  readonly #kind: RequestKind;
  readonly #duration: Histogram;
  readonly #startMs = performance.now();
  #isEnded = false;

  constructor(kind: RequestKind, duration: Histogram) {
    this.#kind = kind;
    this.#duration = duration;
  }

  end(errorType?: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#kind.active -= 1;
    const seconds = (performance.now() - this.#startMs) / 1000;
    this.#duration.record(seconds, this.#kind.attributesOf(errorType));
  }
}

function bindRequests(kinds: ReadonlyMap<string, RequestKind>): () => { duration: Histogram } {
  return liveInstruments((meter) => {
    const active = meter.createObservableUpDownCounter(
      METRIC_REQUEST_ACTIVE.name,
      instrumentOptions(METRIC_REQUEST_ACTIVE),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const kind of kinds.values()) result.observe(active, kind.active, kind.attributes);
    };
    meter.addBatchObservableCallback(observe, [active]);
    const duration = meter.createHistogram(
      METRIC_REQUEST_DURATION.name,
      instrumentOptions(METRIC_REQUEST_DURATION),
    );
    return {
      instruments: { duration },
      detach: () => meter.removeBatchObservableCallback(observe, [active]),
    };
  });
}
