import type { Attributes, BatchObservableResult } from '@opentelemetry/api';

import {
  ATTR_CACHE_NAME,
  ATTR_CACHE_RESULT,
  instrumentOptions,
  METRIC_CACHE_REQUESTS,
  METRIC_CACHE_SIZE,
  sharedState,
} from '@telltale/core';

import { BoundedNames } from '../instruments/bounded-names.ts';
import { liveInstruments } from '../instruments/live-instruments.ts';

const NAMES_MAX = 50;

/** A cache of the application, as it counts itself. Every call is a few nanoseconds. */
export interface CacheRecorder {
  hit(count?: number): void;
  miss(count?: number): void;
  /** Items in the cache now. */
  size(items: number): void;
}

/** What a cache has counted since the process started. */
export interface CacheTotals {
  readonly hits: number;
  readonly misses: number;
  readonly size?: number;
}

class Cache implements CacheRecorder {
  readonly hitAttributes: Attributes;
  readonly missAttributes: Attributes;
  readonly sizeAttributes: Attributes;
  hits = 0;
  misses = 0;
  items: number | undefined;

  constructor(name: string) {
    this.hitAttributes = { [ATTR_CACHE_NAME.name]: name, [ATTR_CACHE_RESULT.name]: 'hit' };
    this.missAttributes = { [ATTR_CACHE_NAME.name]: name, [ATTR_CACHE_RESULT.name]: 'miss' };
    this.sizeAttributes = { [ATTR_CACHE_NAME.name]: name };
  }

  hit(count = 1): void {
    registry.bind();
    if (Number.isFinite(count) && count > 0) this.hits += count;
  }

  miss(count = 1): void {
    registry.bind();
    if (Number.isFinite(count) && count > 0) this.misses += count;
  }

  size(items: number): void {
    registry.bind();
    if (Number.isFinite(items) && items >= 0) this.items = items;
  }
}

/** One registry a process: the ESM and the CommonJS copy of this module share it. */
const registry = sharedState('telltale.caches', () => {
  const caches = new Map<string, Cache>();
  return { caches, names: new BoundedNames(NAMES_MAX), bind: bindCaches(caches) };
});

/** The recorder of a cache. Keep it: looking it up costs more than recording. */
export function cache(name: string): CacheRecorder {
  const key = registry.names.admit(name);
  let found = registry.caches.get(key);
  if (found === undefined) {
    found = new Cache(key);
    registry.caches.set(key, found);
  }
  registry.bind();
  return found;
}

/** What every cache has counted, by name. */
export function cacheTotals(): Readonly<Record<string, CacheTotals>> {
  return Object.fromEntries(
    Array.from(registry.caches, ([name, { hits, misses, items }]) => [
      name,
      { hits, misses, ...(items === undefined ? {} : { size: items }) },
    ]),
  );
}

/** How often a name did not fit. */
export const cacheOverflow = (): number => registry.names.overflowed;

function bindCaches(caches: ReadonlyMap<string, Cache>): () => void {
  return liveInstruments((meter) => {
    const requests = meter.createObservableCounter(
      METRIC_CACHE_REQUESTS.name,
      instrumentOptions(METRIC_CACHE_REQUESTS),
    );
    const size = meter.createObservableUpDownCounter(
      METRIC_CACHE_SIZE.name,
      instrumentOptions(METRIC_CACHE_SIZE),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const one of caches.values()) {
        result.observe(requests, one.hits, one.hitAttributes);
        result.observe(requests, one.misses, one.missAttributes);
        if (one.items !== undefined) result.observe(size, one.items, one.sizeAttributes);
      }
    };
    const observed = [requests, size];
    meter.addBatchObservableCallback(observe, observed);
    return {
      instruments: undefined,
      detach: () => meter.removeBatchObservableCallback(observe, observed),
    };
  });
}
