import { textKey } from '@telltale/core';

import type { Labels } from '../model/labels.ts';

import { ArrivalLag } from './arrival-lag.ts';

/** What is known about the exports of one resource (a job and an instance). */
export interface ResourceState {
  readonly job: string;
  readonly instance: string;
  lastArrivalMs: number;
  /** A slow average of the time between exports; 0 until there were two. */
  intervalMs: number;
  isLive: boolean;
  seriesCount: number;
  readonly lag: ArrivalLag;
}

/** Arrivals this close together are one export in several requests. */
const SAME_EXPORT_MS = 500;

/** Weight of the newest interval; one late export must not stretch the average much. */
const INTERVAL_WEIGHT = 0.25;

/** The time between exports when only one was seen: the default of the OpenTelemetry SDKs. */
const INTERVAL_MS_DEFAULT = 60_000;

/** Tells which resources stopped to export, from the rhythm of their exports. */
export class LivenessTracker {
  readonly #resources: Map<string, ResourceState> = new Map();

  get resources(): Iterable<ResourceState> {
    return this.#resources.values();
  }

  /** `undefined` for labels without `job` and `instance`, as recorded series often are. */
  resourceOf(labels: Labels): ResourceState | undefined {
    const job = labels.get('job');
    const instance = labels.get('instance');
    if (job === '' && instance === '') return undefined;
    const key = textKey([job, instance]);
    let resource = this.#resources.get(key);
    if (resource === undefined) {
      resource = {
        job,
        instance,
        lastArrivalMs: Number.NEGATIVE_INFINITY,
        intervalMs: 0,
        isLive: true,
        seriesCount: 0,
        lag: new ArrivalLag(),
      };
      this.#resources.set(key, resource);
    }
    return resource;
  }

  /** Takes note of a sample of `timeMs` that arrived for `resource`. */
  static observe(resource: ResourceState, nowMs: number, timeMs: number): void {
    resource.lag.note(nowMs, timeMs);
    const gapMs = nowMs - resource.lastArrivalMs;
    if (gapMs === 0) return;
    if (gapMs >= SAME_EXPORT_MS && Number.isFinite(gapMs) && resource.isLive) {
      resource.intervalMs =
        resource.intervalMs === 0
          ? gapMs
          : resource.intervalMs + INTERVAL_WEIGHT * (gapMs - resource.intervalMs);
    }
    if (gapMs >= SAME_EXPORT_MS || !resource.isLive) resource.lastArrivalMs = nowMs;
    resource.isLive = true;
  }

  /** Marks and returns the resources that missed `missedIntervals` exports by `nowMs`. */
  expire(nowMs: number, missedIntervals: number): ResourceState[] {
    const expired: ResourceState[] = [];
    for (const resource of this.#resources.values()) {
      if (!resource.isLive || resource.seriesCount === 0) continue;
      const intervalMs = resource.intervalMs === 0 ? INTERVAL_MS_DEFAULT : resource.intervalMs;
      if (nowMs - resource.lastArrivalMs <= missedIntervals * intervalMs) continue;
      resource.isLive = false;
      expired.push(resource);
    }
    return expired;
  }

  /** Forgets resources that have no series left. */
  forgetEmpty(): void {
    for (const [key, resource] of this.#resources) {
      if (resource.seriesCount === 0) this.#resources.delete(key);
    }
  }
}
