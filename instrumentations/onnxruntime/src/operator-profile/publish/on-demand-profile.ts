import { sharedState } from '@telltale/core';
import { startTimer, stopTimer } from '@telltale/instrument';

import { classifyError } from '../../errors.ts';
import type { ModelState } from '../../model/model-state.ts';
import { readContent } from '../../model-file/identity.ts';
import type { ModelOrigin } from '../../model-file/model-origin.ts';
import type { Output } from '../../output.ts';
import type {
  OperatorProfileRefusal,
  OperatorProfileRequest,
  OperatorProfileResult,
} from '../../types.ts';
import { FeedCapture } from '../feed-capture.ts';
import { affordableRuns } from '../profile-file.ts';
import { isProfiling } from '../profile-folder.ts';
import { profileShadow } from '../shadow-session.ts';
import { summarizeProfile } from '../summarize-profile.ts';
import { publishProfile } from './publish-profile.ts';

const RUNS_MAX = 5;
const FEED_BYTES_MAX = 16 * 1024 * 1024;
/** How long the runs of the application are waited for. */
const CAPTURE_MS_MAX = 10_000;
/** How long the answer may take after that. */
const ANSWER_MS_MAX = 15_000;
/** The second load holds the event loop about as long as the first did. */
const LOAD_MS_MAX = 2_000;
/** Memory that must be there for each byte of the model file: weights, packed weights, arena. */
const MEMORY_PER_BYTE = 3;

export interface OnDemandLimits {
  readonly captureMs: number;
  readonly feedBytes: number;
  readonly loadMs: number;
  /** Bytes that this process may still take. */
  readonly availableMemory: () => number;
}

const LIMITS: OnDemandLimits = {
  captureMs: CAPTURE_MS_MAX,
  feedBytes: FEED_BYTES_MAX,
  loadMs: LOAD_MS_MAX,
  availableMemory: () => process.availableMemory(),
};

/** One profile at a time in the process, whichever copy of this package makes it. */
const state = sharedState('onnxruntime.on-demand-profile', () => ({ isRunning: false }));

type Refused = Extract<OperatorProfileResult, { readonly refusal: string }>;

/**
 * Profiles a shadow of a model: copies the feeds of its next runs, loads the model's file once more
 * with the profiler on, replays, and lets everything go. Neither the application's sessions nor its
 * tensors are touched, and the shadow is in no metric and no count. Never rejects.
 */
export async function profileOnDemand(
  request: OperatorProfileRequest,
  output: Output,
  limits: OnDemandLimits = LIMITS,
): Promise<OperatorProfileResult> {
  try {
    const model = chooseModel(request, output.models);
    if ('refusal' in model) return model;
    const origin = usableOrigin(model, limits);
    if ('refusal' in origin) return origin;
    if (state.isRunning || isProfiling()) {
      return refused('already_profiling', 'another profile is being made');
    }
    const work = captureAndReplay({ model, origin, runs: request.runs }, output, limits);
    return await withinTime(exclusively(work), limits.captureMs + ANSWER_MS_MAX);
  } catch (error) {
    output.fault('operator_profile', error);
    return refused('failed', `the shadow of "${request.model}" failed: ${classifyError(error)}`);
  }
}

async function exclusively(work: Promise<OperatorProfileResult>): Promise<OperatorProfileResult> {
  state.isRunning = true;
  try {
    return await work;
  } finally {
    state.isRunning = false;
  }
}

function refused(refusal: OperatorProfileRefusal, reason: string): Refused {
  return { refusal, message: `Cannot profile operators: ${reason}` };
}

/** The wanted version, or the one with open sessions that came last. */
function chooseModel(
  { model: name, version }: OperatorProfileRequest,
  models: Iterable<ModelState>,
): ModelState | Refused {
  const known = [...models].filter(
    (model) => model.name === name && (version === undefined || model.version === version),
  );
  if (known.length === 0) return refused('unknown_model', 'no model of this name was loaded');
  const loaded = known.findLast((model) => model.loaded > 0);
  return loaded ?? refused('not_loaded', `every session of "${name}" was released`);
}

/** Where the shadow is to be loaded from, unless that would harm or mislead. */
function usableOrigin(model: ModelState, limits: OnDemandLimits): ModelOrigin | Refused {
  const { origin, name } = model;
  if (origin === undefined) {
    return refused('loaded_from_bytes', `"${name}" was not loaded from a file alone`);
  }
  if (origin.options['enableProfiling'] === true) {
    return refused('profiles_itself', `the application profiles "${name}" itself`);
  }
  const content = readContent({ path: origin.path });
  if (content === undefined || content.id !== origin.contentId) {
    return refused('file_changed', `the file of "${name}" is no longer the one that was loaded`);
  }
  if (origin.loadMs > limits.loadMs) {
    const tookMs = Math.round(origin.loadMs);
    const reason = `loading "${name}" took ${tookMs} ms and a second load would block as long`;
    return refused('too_costly', `${reason}: at most ${limits.loadMs} ms`);
  }
  const neededBytes = Math.max(content.size * MEMORY_PER_BYTE, model.load?.memoryBytes ?? 0);
  if (neededBytes > limits.availableMemory()) {
    return refused('too_costly', `there is no memory left for a second copy of "${name}"`);
  }
  return origin;
}

interface Work {
  readonly model: ModelState;
  readonly origin: ModelOrigin;
  readonly runs: number | undefined;
}

async function captureAndReplay(
  { model, origin, runs }: Work,
  output: Output,
  limits: OnDemandLimits,
): Promise<OperatorProfileResult> {
  const wanted = Math.min(runs ?? RUNS_MAX, RUNS_MAX);
  const capture = new FeedCapture({
    runsMax: affordableRuns({ path: origin.path }, wanted),
    bytesMax: limits.feedBytes,
    timeoutMs: limits.captureMs,
  });
  model.capture = capture;
  await capture.done;
  model.capture = undefined;
  const { feeds, skipped } = capture;
  if (feeds.length === 0) {
    const seconds = limits.captureMs / 1_000;
    if (skipped === 0) return refused('no_runs', `"${model.name}" did not run in ${seconds} s`);
    const mib = limits.feedBytes / 1024 / 1024;
    const reason = `the feeds of "${model.name}" are incomplete, over ${mib} MiB or on no CPU`;
    return refused('unusable_feeds', reason);
  }
  const profiled = await profileShadow(origin, feeds);
  if (profiled === undefined) {
    const version = origin.copy.version ?? 'of this version';
    return refused('not_supported', `ONNX Runtime ${version} writes no profiles`);
  }
  if (profiled.length === 0) {
    return refused('failed', `the replayed runs of "${model.name}" failed`);
  }
  const providers = model.info?.providers ?? [];
  publishProfile({ runs: profiled, samples: [] }, { model, providers }, output);
  const { name, version } = model;
  return { profile: { model: name, version, ...summarizeProfile(profiled) } };
}

/** The work goes on when it is late, and ends by itself; only the answer does not wait for it. */
async function withinTime(
  work: Promise<OperatorProfileResult>,
  timeoutMs: number,
): Promise<OperatorProfileResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<OperatorProfileResult>((resolve) => {
    const answer = (): void => resolve(refused('failed', 'the replay takes too long'));
    timer = startTimer(answer, timeoutMs).unref();
  });
  const result = await Promise.race([work, late]);
  stopTimer(timer);
  return result;
}
