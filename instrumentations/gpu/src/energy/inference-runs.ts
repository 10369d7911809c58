import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import type { EnergyAttribution } from './energy-attribution.ts';

/** Start and end of each run of a model, published by whoever watches the runtime. */
export const INFERENCE_CHANNEL = 'telltale:inference';

/** One message: the same `run` object at both ends. */
export interface InferenceMessage {
  readonly phase: 'start' | 'end';
  readonly run: object;
  /** `performance.now()`. */
  readonly atMs: number;
  /** Execution providers that the session asked for. */
  readonly providers: readonly string[];
}

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
    const { phase, run, atMs, providers } = message as InferenceMessage;
    if (providers.every((name) => ON_CPU.has(name))) return;
    const atUs = atMs * 1_000 + offsetUs;
    if (phase === 'start') attribution.begin(run, atUs);
    else attribution.end(run, atUs);
  };
  subscribe(INFERENCE_CHANNEL, listener);
  return () => {
    unsubscribe(INFERENCE_CHANNEL, listener);
  };
}
