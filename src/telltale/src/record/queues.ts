import type { Attributes, BatchObservableResult } from '@opentelemetry/api';

import {
  ATTR_QUEUE_NAME,
  instrumentOptions,
  METRIC_QUEUE_CAPACITY,
  METRIC_QUEUE_SIZE,
  METRIC_QUEUE_WAIT_DURATION,
  sharedState,
} from '@telltale/core';

import { BoundHistogram } from '../instruments/bound-histogram.ts';
import { BoundedNames } from '../instruments/bounded-names.ts';
import { liveInstruments } from '../instruments/live-instruments.ts';

const NAMES_MAX = 50;

export interface QueueOptions {
  /** Read when metrics are collected: the depth without a single call of yours. */
  readonly size?: () => number;
  readonly capacity?: number;
}

/** A work queue of the application, as it counts itself. */
export interface QueueRecorder {
  /** Items waiting now, where `size` was not given as an option. */
  size(items: number): void;
  /** An item left the queue after this many seconds. */
  waited(seconds: number): void;
}

class Queue implements QueueRecorder {
  readonly attributes: Attributes;
  options: QueueOptions = {};
  /** Waits that were told. */
  waits = 0;
  readonly #wait: BoundHistogram;
  #items: number | undefined;

  constructor(name: string) {
    this.attributes = { [ATTR_QUEUE_NAME.name]: name };
    this.#wait = new BoundHistogram(METRIC_QUEUE_WAIT_DURATION, this.attributes);
  }

  size(items: number): void {
    registry.bind();
    if (Number.isFinite(items) && items >= 0) this.#items = items;
  }

  waited(seconds: number): void {
    registry.bind();
    if (!Number.isFinite(seconds) || seconds < 0) return;
    this.waits += 1;
    this.#wait.record(seconds);
  }

  /** The depth; a reader of the application that throws or answers nonsense tells nothing. */
  depth(): number | undefined {
    try {
      const items = this.options.size === undefined ? this.#items : this.options.size();
      return Number.isFinite(items) ? items : undefined;
    } catch {
      return undefined;
    }
  }
}

/** One registry a process: the ESM and the CommonJS copy of this module share it. */
const registry = sharedState('telltale.queues', () => {
  const queues = new Map<string, Queue>();
  return { queues, names: new BoundedNames(NAMES_MAX), bind: bindQueues(queues) };
});

/** The recorder of a queue. Keep it: looking it up costs more than recording. */
export function queue(name: string, options?: QueueOptions): QueueRecorder {
  const key = registry.names.admit(name);
  let found = registry.queues.get(key);
  if (found === undefined) {
    found = new Queue(key);
    registry.queues.set(key, found);
  }
  if (options !== undefined) found.options = options;
  registry.bind();
  return found;
}

/** What a queue tells of itself. */
export interface QueueStatus {
  readonly size?: number;
  readonly capacity?: number;
  /** Items that left it. */
  readonly waited: number;
}

/** Every queue as it is now, by name. */
export function queueStatus(): Readonly<Record<string, QueueStatus>> {
  return Object.fromEntries(
    Array.from(registry.queues, ([name, one]) => {
      const size = one.depth();
      const { capacity } = one.options;
      return [
        name,
        {
          ...(size === undefined ? {} : { size }),
          ...(capacity === undefined ? {} : { capacity }),
          waited: one.waits,
        },
      ];
    }),
  );
}

/** How often a name did not fit. */
export const queueOverflow = (): number => registry.names.overflowed;

function bindQueues(queues: ReadonlyMap<string, Queue>): () => void {
  return liveInstruments((meter) => {
    const size = meter.createObservableUpDownCounter(
      METRIC_QUEUE_SIZE.name,
      instrumentOptions(METRIC_QUEUE_SIZE),
    );
    const capacity = meter.createObservableUpDownCounter(
      METRIC_QUEUE_CAPACITY.name,
      instrumentOptions(METRIC_QUEUE_CAPACITY),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const one of queues.values()) {
        const depth = one.depth();
        if (depth !== undefined) result.observe(size, depth, one.attributes);
        const limit = one.options.capacity;
        if (limit !== undefined && Number.isFinite(limit)) {
          result.observe(capacity, limit, one.attributes);
        }
      }
    };
    const observed = [size, capacity];
    meter.addBatchObservableCallback(observe, observed);
    return {
      instruments: undefined,
      detach: () => meter.removeBatchObservableCallback(observe, observed),
    };
  });
}
