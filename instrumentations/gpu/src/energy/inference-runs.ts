import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { INFERENCE_CHANNEL, type InferenceMessage } from '@telltale/core';

import type { EnergyAttribution } from './energy-attribution.ts';

/** Providers that compute on the processor. A run with no other one uses no GPU. */
const ON_CPU = new Set(['cpu', 'wasm', 'xnnpack']);

/**
 * Hands runs on a GPU to the attribution, in microseconds of the clock of snapshots.
 *
 * @returns ends it
 */
export function followRuns(attribution: EnergyAttribution, clockUs: () => number): () => void {
  const offsetUs = clockUs() - performance.now() * 1_000;
  const listener = (message: unknown): void => {
    try {
      const { phase, run, atMs, providers } = message as InferenceMessage;
      if (providers.every((name) => ON_CPU.has(name))) return;
      const atUs = atMs * 1_000 + offsetUs;
      if (phase === 'start') attribution.begin(run, atUs);
      else attribution.end(run, atUs);
    } catch {
      // What a listener of this kind of channel throws would end the process.
    }
  };
  subscribe(INFERENCE_CHANNEL, listener);
  return () => {
    unsubscribe(INFERENCE_CHANNEL, listener);
  };
}
