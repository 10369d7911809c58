import type { DriftApi } from '../http/routes/drift.ts';
import type { ServiceCore } from '../runtime/service/service-core.ts';

/** Drift of the fleet and the baselines of its streams. */
export function createDriftApi(core: ServiceCore, nowMs: () => number): DriftApi {
  const { fleet, baselines } = core.parts;
  return {
    bodyBytesMax: core.config.drift.baselines.max_body_bytes,
    status: () => fleet.status(nowMs()),
    counters: () => fleet.drift.counters,
    reset: (isWanted) => fleet.drift.reset(isWanted),
    baselines: () => baselines.list(),
    baseline: (key) => baselines.get(key, nowMs()),
    put: (key, text, actor) => baselines.put(text, key, { actor, nowMs: nowMs() }),
    upload: (key, text, instance) => baselines.upload(text, key, { instance, nowMs: nowMs() }),
    build: (key, from, actor) => {
      const by = { actor, nowMs: nowMs() };
      if (from === 'samples') return baselines.buildFromSamples(key, by);
      return baselines.buildFromHistogram(fleet.drift.valuesOf(key, by.nowMs), key, by);
    },
  };
}
