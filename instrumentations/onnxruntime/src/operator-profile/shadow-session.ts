import { now, queueImmediate } from '@telltale/instrument';

import type { SessionLike } from '../internal-types.ts';
import type { ModelOrigin } from '../model-file/model-origin.ts';
import type { BareCalls } from '../runtime/runtime-copy.ts';
import type { CopiedFeeds } from './copied-feeds.ts';
import type { ProfiledRun } from './profile-events.ts';
import { readProfile } from './profile-file.ts';
import { createProfileFolder, type ProfileFolder } from './profile-folder.ts';

/** Replays hold the event loop as the application's own runs do, so they end after this long. */
const REPLAY_MS_MAX = 2_000;

/**
 * Profiles a second session of a model with the profiler on. Only the caller learns of it:
 * it is made, run and released through the calls that the copy had before it was patched.
 *
 * The first feeds run twice. That first run pays for memory and caches like the first run of any
 * session, and is left out.
 *
 * @returns `undefined` when the runtime writes no profiles, as 1.17 does.
 * @throws whatever the runtime or the file system throws; session and file are gone by then.
 */
export async function profileShadow(
  origin: ModelOrigin,
  feeds: readonly CopiedFeeds[],
): Promise<readonly ProfiledRun[] | undefined> {
  const { bare } = origin.copy;
  const folder = createProfileFolder();
  try {
    const options = shadowOptions(origin.options, folder);
    const made = bare.create.call(bare.sessionClass, origin.path, options);
    const session = (await made) as SessionLike;
    const outcomes = await replayAndRelease(session, feeds, bare);
    const file = folder.file();
    return file === undefined ? undefined : settledRuns(await readProfile(file), outcomes);
  } finally {
    folder.remove();
  }
}

/** The application's options, except what writes files of its own. */
function shadowOptions(
  { optimizedModelFilePath: _written, ...options }: ModelOrigin['options'],
  { prefix }: ProfileFolder,
): object {
  return { ...options, enableProfiling: true, profileFilePrefix: prefix };
}

async function replayAndRelease(
  session: SessionLike,
  feeds: readonly CopiedFeeds[],
  bare: BareCalls,
): Promise<readonly boolean[]> {
  try {
    return await replay(session, feeds, bare);
  } finally {
    // Writing the profile blocks, so the caller of the last run is answered first.
    await nextTurn();
    try {
      session.endProfiling?.();
    } finally {
      await bare.release?.call(session);
    }
  }
}

/** One at a time, with a turn of the event loop in between; tells which of them succeeded. */
async function replay(
  session: SessionLike,
  feeds: readonly CopiedFeeds[],
  bare: BareCalls,
): Promise<readonly boolean[]> {
  const outcomes: boolean[] = [];
  const startMs = now();
  for (const one of feeds) {
    const isWarm = outcomes.includes(true);
    for (let times = isWarm ? 1 : 2; times > 0; times--) {
      await nextTurn();
      const isSuccess = await runOnce(session, one, bare);
      outcomes.push(isSuccess);
      if (!isSuccess) break;
    }
    if (now() - startMs >= REPLAY_MS_MAX) break;
  }
  return outcomes;
}

async function runOnce(
  session: SessionLike,
  { tensors, outputs }: CopiedFeeds,
  { run, tensorClass: Tensor }: BareCalls,
): Promise<boolean> {
  try {
    const feeds = Object.fromEntries(
      Object.entries(tensors).map(([name, { type, data, dims }]) => [
        name,
        Tensor === undefined ? { type, data, dims } : new Tensor(type, data, dims),
      ]),
    );
    await run.call(session, feeds, ...(outputs === undefined ? [] : [outputs]));
    return true;
  } catch {
    return false; // the application's own run failed the same way, and saw the error
  }
}

/**
 * The runs of a profile that succeeded, without the first of them. A run that fails in an operator
 * is in the profile too; one that is refused before is not. When that is not known, there is none.
 */
export function settledRuns(
  runs: readonly ProfiledRun[],
  outcomes: readonly boolean[],
): readonly ProfiledRun[] {
  const successes = outcomes.filter(Boolean).length;
  if (runs.length === outcomes.length) return runs.filter((_, i) => outcomes[i]).slice(1);
  return runs.length === successes ? runs.slice(1) : [];
}

const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    queueImmediate(resolve);
  });
