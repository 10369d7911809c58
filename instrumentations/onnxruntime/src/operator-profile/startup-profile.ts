import type { Span, SpanContext } from '@opentelemetry/api';

import { queueImmediate, startTimer, stopTimer } from '@telltale/instrument';

import type { SessionLike } from '../internal-types.ts';
import type { CreateArguments } from '../model-file/create-arguments.ts';
import type { ProfiledRun } from './profile-events.ts';
import { affordableRuns, readProfile } from './profile-file.ts';
import { createProfileFolder, type ProfileFolder } from './profile-folder.ts';

const DURATION_MS_MAX = 5_000;

/** A run that happened while the profiler was on. */
export interface SampledRun {
  readonly endMs: number;
  /** Of the run's own span, when it has one. */
  readonly spanContext: SpanContext | undefined;
}

export interface FinishedProfile {
  readonly runs: readonly ProfiledRun[];
  /** In the order of the runs; as many as them, or the two cannot be told apart. */
  readonly samples: readonly SampledRun[];
}

/** The arguments of `create` with the profiler switched on. */
export interface PreparedProfile {
  readonly args: unknown[];
  readonly profile: StartupProfile;
}

/**
 * Switches the profiler on for a session that is about to be created, unless the application uses
 * it itself. It cannot be switched on later, nor again.
 */
export function prepareProfile(
  args: readonly unknown[],
  { options, optionsIndex, source }: CreateArguments,
  runsMax: number,
): PreparedProfile | undefined {
  if (options?.['enableProfiling'] !== undefined || runsMax === 0 || args.length === 0) {
    return undefined;
  }
  const runs = affordableRuns(source, runsMax);
  const folder = createProfileFolder();
  const changed = [...args];
  // ONNX Runtime reads options through a proxy over this object, so a shallow copy is the same to it.
  changed[optionsIndex] = { ...options, enableProfiling: true, profileFilePrefix: folder.prefix };
  return { args: changed, profile: new StartupProfile(folder, runs) };
}

/**
 * Profiles the first runs of one session: at most 20, at most about 5000 events, at most five
 * seconds. Then the profiler is off and the runs cost what they did before.
 */
export class StartupProfile {
  readonly #folder: ProfileFolder;
  readonly #runsMax: number;
  readonly #samples: SampledRun[] = [];
  #session: WeakRef<SessionLike> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #onFinished: ((finished: FinishedProfile) => void) | undefined;
  #isEnding = false;

  constructor(folder: ProfileFolder, runsMax: number) {
    this.#folder = folder;
    this.#runsMax = runsMax;
  }

  /** The session exists. `onFinished` gets the profile once it was read. */
  start(session: SessionLike, onFinished: (finished: FinishedProfile) => void): void {
    this.#session = new WeakRef(session);
    this.#onFinished = onFinished;
    this.#timer = startTimer(() => this.#end(), DURATION_MS_MAX).unref();
  }

  /** There is no session, or it is gone: nothing will be published. */
  abandon(): void {
    this.#isEnding = true;
    stopTimer(this.#timer);
    this.#folder.remove();
  }

  /** A run has ended. */
  add(span: Span | undefined, endMs: number): void {
    if (this.#isEnding) return;
    this.#samples.push({ endMs, spanContext: span?.spanContext() });
    // Ending blocks for some milliseconds: not in front of the application's own continuation.
    if (this.#samples.length >= this.#runsMax) queueImmediate(() => this.#end());
  }

  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    stopTimer(this.#timer);
    const samples = [...this.#samples];
    try {
      this.#session?.deref()?.endProfiling?.();
    } catch {
      // Released meanwhile: the file was written then.
    }
    void this.#publish(samples);
  }

  async #publish(samples: readonly SampledRun[]): Promise<void> {
    try {
      const file = this.#folder.file();
      const runs = file === undefined ? [] : await readProfile(file);
      if (runs.length > 0) this.#onFinished?.({ runs, samples });
    } catch {
      // An unreadable profile is no profile.
    } finally {
      this.#folder.remove();
    }
  }
}
