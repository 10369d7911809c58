import { context } from '@opentelemetry/api';

import { ATTR_UNLOAD_REASON, EVENT_MODEL_UNLOAD } from '@telltale/core';

import type { SessionState } from '../model/session-state.ts';

import type { SessionLike } from '../internal-types.ts';
import type { Output } from '../output.ts';
import type { RunRecord } from '../run/run-record.ts';
import { RunRecorder } from '../run/run-recorder.ts';
import type { CallObserver, PatchedMember } from '../runtime/patch.ts';
import type { RuntimeCopy } from '../runtime/runtime-copy.ts';
import type { TensorMap } from '../types.ts';
import { LoadRecorder } from './load-recorder.ts';
import { SessionRegistry } from './session-registry.ts';

export interface SessionCallsOptions {
  readonly output: Output;
  readonly isEnabled: () => boolean;
  /** Follows the global providers; called before anything is recorded. */
  readonly rebind: () => void;
}

/**
 * Observes the three calls of a session. Whatever goes wrong in here, the original is called
 * exactly once with the caller's own arguments, and its result or error passes on untouched.
 */
export class SessionCalls implements CallObserver {
  readonly sessions: SessionRegistry;
  readonly isEnabled: () => boolean;
  readonly #output: Output;
  readonly #rebind: () => void;
  readonly #loads: LoadRecorder;
  readonly #runs: RunRecorder;

  constructor({ output, isEnabled, rebind }: SessionCallsOptions) {
    this.isEnabled = isEnabled;
    this.#output = output;
    this.#rebind = rebind;
    this.sessions = new SessionRegistry(output);
    this.#loads = new LoadRecorder(output, this.sessions);
    this.#runs = new RunRecorder(output);
  }

  create({ original, copy }: PatchedMember, target: unknown, args: unknown[]): unknown {
    const load = this.#guard('create', () => {
      this.#rebind();
      return this.#loads.begin(args, copy);
    });
    if (load === undefined) return original.apply(target, args);
    const call = (): unknown => original.apply(target, load.callArgs as unknown[]);
    return observe(() => context.with(load.context, call), {
      onValue: (session) =>
        this.#guard('load', () => this.#loads.succeed(load, session as SessionLike)),
      onError: (error) => this.#guard('load', () => this.#loads.fail(load, error)),
    });
  }

  /** The hot path: no helper closures, and nothing in it that is not needed at every run. */
  run({ original, copy }: PatchedMember, target: unknown, args: unknown[]): unknown {
    const run = this.#beginRun(target as SessionLike, copy, args[0]);
    if (run === undefined) return original.apply(target, args);
    let outcome: unknown;
    try {
      outcome = original.apply(target, args);
    } catch (error) {
      this.#failed(run, error);
      throw error;
    }
    this.#runs.called(run, args);
    if (!(outcome instanceof Promise)) {
      this.#succeeded(run, outcome);
      return outcome;
    }
    return outcome.then(
      (results: unknown) => {
        this.#succeeded(run, results);
        return results;
      },
      (error: unknown) => {
        this.#failed(run, error);
        throw error;
      },
    );
  }

  release({ original, copy }: PatchedMember, target: unknown, args: unknown[]): unknown {
    const call = (): unknown => original.apply(target, args);
    const state = this.#guard('release', () => {
      this.#rebind();
      return this.sessions.get(target as SessionLike, copy);
    });
    if (state === undefined) return call();
    return observe(call, {
      onValue: () => this.#guard('release', () => this.#released(state)),
      onError: () => this.#guard('release', () => this.#releaseRefused(state)),
    });
  }

  #beginRun(target: SessionLike, copy: RuntimeCopy, feeds: unknown): RunRecord | undefined {
    try {
      this.#rebind();
      return this.#runs.begin(this.sessions.get(target, copy), target, feeds);
    } catch (error) {
      this.#output.fault('run', error);
      return undefined;
    }
  }

  #succeeded(run: RunRecord, results: unknown): void {
    try {
      this.#runs.succeed(run, results as TensorMap);
    } catch (error) {
      this.#output.fault('run', error);
    }
  }

  #failed(run: RunRecord, error: unknown): void {
    try {
      this.#runs.fail(run, error);
    } catch (failure) {
      this.#output.fault('run', failure);
    }
  }

  #released(state: SessionState): void {
    // `released` changes `isReleased`, and only the first release is an unload.
    const { model, isReleased } = state;
    this.sessions.released(state);
    if (isReleased) return;
    state.profile?.abandon();
    this.#output.emit(EVENT_MODEL_UNLOAD, {
      body: `${model.name} ${model.version} released`,
      context: context.active(),
      attributes: { ...model.attributes, [ATTR_UNLOAD_REASON.name]: 'released' },
    });
  }

  #releaseRefused({ model }: SessionState): void {
    model.refusedReleases++;
    if (model.refusedReleases > 1) return;
    this.#output.diag.warn(`Model "${model.name}" was released twice (later ones are counted)`);
  }

  #guard<T>(where: string, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.#output.fault(where, error);
      return undefined;
    }
  }
}

interface Settlement {
  readonly onValue: (value: unknown) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Calls and watches the outcome. The caller gets a promise that follows the original one, so that
 * an unhandled rejection stays one; awaiting in between would cost one more turn.
 */
function observe(call: () => unknown, { onValue, onError }: Settlement): unknown {
  let outcome: unknown;
  try {
    outcome = call();
  } catch (error) {
    onError(error);
    throw error;
  }
  if (!(outcome instanceof Promise)) {
    onValue(outcome);
    return outcome;
  }
  return outcome.then(
    (value: unknown) => {
      onValue(value);
      return value;
    },
    (error: unknown) => {
      onError(error);
      throw error;
    },
  );
}
