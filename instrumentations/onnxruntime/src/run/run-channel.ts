import { channel } from 'node:diagnostics_channel';

import { INFERENCE_CHANNEL, type InferenceMessage } from '@telltale/core';

import type { RunRecord } from './run-record.ts';

const inferences = channel(INFERENCE_CHANNEL);

/** Tells of the start or the end of a run, if there is a listener. */
export function publishRun(phase: InferenceMessage['phase'], run: RunRecord, atMs: number): void {
  if (!inferences.hasSubscribers) return;
  const { providers } = run.session.info;
  inferences.publish({ phase, run, atMs, providers } satisfies InferenceMessage);
}
