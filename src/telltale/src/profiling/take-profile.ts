import { setTimeout as sleep } from 'node:timers/promises';

import type { ProfileFormat } from '@telltale/instrumentation-profiler';

import { exactProfiler } from './exact-spans.ts';
import { renderInThread } from './render-in-thread.ts';
import { profiledSpans } from './spans.ts';

export interface ProfileRequest {
  readonly seconds: number;
  readonly format: ProfileFormat;
  readonly intervalMs: number;
  readonly hasIdle: boolean;
  readonly hasWorkers: boolean;
}

export type TakenProfile =
  | { readonly body: string | Uint8Array; readonly contentType: string }
  | { readonly refusal: 'busy' | 'too_long' | 'client_left'; readonly message: string };

/**
 * Records this process for some seconds and draws what was seen.
 *
 * @param signal aborts when the client left: the recording ends, and another
 * one can begin.
 */
export async function takeProfile(
  request: ProfileRequest,
  signal?: AbortSignal,
): Promise<TakenProfile> {
  // Few processes are ever profiled, so the profiler is loaded when one is.
  const profiler = await import('@telltale/instrumentation-profiler');
  const problem = profiler.recordingProblem(request.intervalMs, request.seconds);
  if (problem !== undefined) return { refusal: 'too_long', message: problem };
  const spans = profiledSpans();
  const exact = exactProfiler();
  const release = spans.watch();
  try {
    const running = await profiler.startProfile({
      intervalMs: request.intervalMs,
      idle: request.hasIdle,
      workers: request.hasWorkers,
      spans: spans.log,
      ...(exact === undefined ? {} : { exact }),
    });
    await sleep(request.seconds * 1000, undefined, {
      ref: false,
      ...(signal === undefined ? {} : { signal }),
    }).catch(() => undefined);
    const profile = await running.stop();
    if (signal?.aborted === true) {
      return { refusal: 'client_left', message: 'The client left before the profile was recorded' };
    }
    const body = await renderInThread(profile, request.format);
    return { body, contentType: profiler.FORMAT_FILES[request.format].contentType };
  } catch (error) {
    if (error instanceof profiler.ProfilerBusyError) {
      return { refusal: 'busy', message: error.message };
    }
    throw error;
  } finally {
    release();
  }
}
