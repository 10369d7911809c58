import type { ModelState } from '../model/model-state.ts';
import { isNodeBackend, SessionState } from '../model/session-state.ts';

import type { SessionLike } from '../internal-types.ts';
import { type Identity, identify } from '../model-file/identity.ts';
import { rememberModelVersion } from '../observer.ts';
import type { Output } from '../output.ts';
import type { RuntimeCopy } from '../runtime/runtime-copy.ts';
import { inputsOf, outputsOf } from '../tensors.ts';
import type { ModelInfo } from '../types.ts';

const CPU: readonly string[] = Object.freeze(['cpu']);

/**
 * The sessions of the process. Holds them weakly: a session that was not released and can no
 * longer be reached is counted as `collected`.
 */
export class SessionRegistry {
  readonly #output: Output;
  readonly #sessions: WeakMap<object, SessionState> = new WeakMap();
  readonly #collected: FinalizationRegistry<ModelState>;

  constructor(output: Output) {
    this.#output = output;
    this.#collected = new FinalizationRegistry((model) => {
      model.loaded--;
      model.collected++;
    });
  }

  find(session: object): SessionState | undefined {
    return this.#sessions.get(session);
  }

  /** The state of a session; one that was made before we were there is described now. */
  get(session: SessionLike, copy: RuntimeCopy): SessionState {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const inputs = inputsOf(session);
    const identity = identify({}, { inputs }, this.#output.hooks);
    return this.add(session, { copy, identity, providers: CPU });
  }

  add(session: SessionLike, loaded: LoadedSession): SessionState {
    const { copy, identity } = loaded;
    const model = this.#output.models.get(identity.name, identity.version);
    const info = modelInfo(session, model, loaded);
    const state = new SessionState(session, model, { copy, info });
    this.#sessions.set(session, state);
    this.#collected.register(session, model, state);
    this.#output.summaries.start();
    model.loaded++;
    model.info = info;
    rememberModelVersion(model.name, model.version);
    return state;
  }

  released(state: SessionState): void {
    if (state.isReleased) return;
    state.isReleased = true;
    this.#collected.unregister(state);
    state.model.loaded--;
    state.model.released++;
  }
}

export interface LoadedSession {
  readonly copy: RuntimeCopy;
  readonly identity: Identity;
  readonly providers: readonly string[];
}

function modelInfo(session: SessionLike, model: ModelState, loaded: LoadedSession): ModelInfo {
  const { identity, copy, providers } = loaded;
  return Object.freeze({
    name: model.name,
    version: model.version,
    ...(identity.content === undefined ? {} : { id: identity.content.id }),
    ...(identity.fileName === undefined ? {} : { fileName: identity.fileName }),
    ...(identity.rule === undefined ? {} : { rule: identity.rule }),
    inputs: inputsOf(session),
    outputs: outputsOf(session),
    runtimeName: isNodeBackend(session) ? 'onnxruntime-node' : 'onnxruntime-web',
    ...(copy.version === undefined ? {} : { runtimeVersion: copy.version }),
    providers,
  });
}
