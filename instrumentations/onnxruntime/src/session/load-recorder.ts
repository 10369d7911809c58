import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

import {
  ATTR_ERROR_TYPE,
  ATTR_EXCEPTION_TYPE,
  ATTR_MODEL_SIZE,
  ATTR_RUNTIME_PROVIDERS,
  EVENT_MODEL_LOAD,
  EVENT_MODEL_LOAD_ERROR,
} from '@telltale/core';
import { now } from '@telltale/instrument';

import type { SessionState } from '../model/session-state.ts';

import { classifyError, exceptionType, safeMessage } from '../errors.ts';
import type { SessionLike } from '../internal-types.ts';
import { residentBytes } from '../measure/resident-memory.ts';
import { type CreateArguments, readCreateArguments } from '../model-file/create-arguments.ts';
import { type Identity, identify, readContent } from '../model-file/identity.ts';
import { originOf } from '../model-file/model-origin.ts';
import { publishProfile } from '../operator-profile/publish/publish-profile.ts';
import {
  type PreparedProfile,
  prepareProfile,
  type StartupProfile,
} from '../operator-profile/startup-profile.ts';
import type { Output } from '../output.ts';
import { registeredProviders, requestedProviders } from '../runtime/execution-providers.ts';
import type { RuntimeCopy } from '../runtime/runtime-copy.ts';
import { inputsOf } from '../tensors.ts';
import { infoAttributes, loadAttributes } from './load-attributes.ts';
import type { SessionRegistry } from './session-registry.ts';

const SECONDS_PER_MS = 0.001;

/** One call of `InferenceSession.create`. */
export interface LoadRecord {
  readonly args: CreateArguments;
  /** What to call with: the caller's arguments, or those with the profiler switched on. */
  readonly callArgs: readonly unknown[];
  readonly profile: StartupProfile | undefined;
  readonly copy: RuntimeCopy;
  readonly span: Span | undefined;
  readonly context: Context;
  readonly startMs: number;
  readonly startRss: number | undefined;
}

const growth = (before: number | undefined, after: number | undefined): number | undefined =>
  before === undefined || after === undefined ? undefined : after - before;

/** Observes loads: span, duration, memory, and who the model is. */
export class LoadRecorder {
  readonly #output: Output;
  readonly #sessions: SessionRegistry;

  constructor(output: Output, sessions: SessionRegistry) {
    this.#output = output;
    this.#sessions = sessions;
  }

  begin(callArgs: readonly unknown[], copy: RuntimeCopy): LoadRecord {
    const args = readCreateArguments(callArgs);
    const prepared = this.#prepareProfile(callArgs, args);
    const parent = context.active();
    const hasSpan =
      this.#output.settings.spans === 'all' || this.#output.settings.spans === 'parent';
    const span = hasSpan ? this.#output.tracer.startSpan('load', {}, parent) : undefined;
    return {
      args,
      callArgs: prepared?.args ?? callArgs,
      profile: prepared?.profile,
      copy,
      span,
      context: span === undefined ? parent : trace.setSpan(parent, span),
      startRss: residentBytes(),
      // Last, so that reading the memory is no part of the load.
      startMs: now(),
    };
  }

  succeed(load: LoadRecord, session: SessionLike): SessionState {
    // Both first: to identify the model its bytes are read, which takes time and memory of its own.
    const durationMs = now() - load.startMs;
    const memoryBytes = growth(load.startRss, residentBytes());
    const identity = this.#identify(load, session);
    const providers = requestedProviders(load.args.options);
    const state = this.#sessions.add(session, { copy: load.copy, identity, providers });
    if (load.profile !== undefined) this.#startProfile(load.profile, session, state);
    const { model, info } = state;
    const contentId = identity.content?.id;
    const loaded = { copy: load.copy, contentId, loadMs: durationMs };
    model.origin = originOf(load.args, loaded) ?? model.origin;
    const size = identity.content?.size;
    model.load = {
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      info: infoAttributes(info, identity),
      ...(size === undefined ? {} : { size }),
    };
    this.#output.instruments.loadDuration.record(durationMs * SECONDS_PER_MS, model.attributes);
    const registered = registeredProviders(providers, load.copy.runtime);
    const attributes = loadAttributes({ info, identity, args: load.args, registered });
    load.span?.updateName(`load ${model.name}`).setAttributes(attributes).end();
    this.#output.emit(EVENT_MODEL_LOAD, {
      body: `${model.name} ${model.version} loaded in ${durationMs.toFixed(1)} ms`,
      context: load.context,
      attributes: {
        ...model.attributes,
        ...(size === undefined ? {} : { [ATTR_MODEL_SIZE.name]: size }),
        [ATTR_RUNTIME_PROVIDERS.name]: [...providers],
      },
    });
    return state;
  }

  fail(load: LoadRecord, error: unknown): void {
    load.profile?.abandon();
    const durationMs = now() - load.startMs;
    const errorType = classifyError(error);
    const identity = this.#identify(load, undefined);
    const model = this.#output.models.get(identity.name, identity.version);
    const { attributes } = model.failure(errorType);
    this.#output.instruments.loadDuration.record(durationMs * SECONDS_PER_MS, attributes);
    const { span } = load;
    if (span !== undefined) {
      const providers = requestedProviders(load.args.options);
      const info = { name: model.name, version: model.version, providers };
      const described: Attributes = loadAttributes({ info, identity, args: load.args });
      described[ATTR_ERROR_TYPE.name] = errorType;
      const message = this.#output.settings.capturesErrorMessage
        ? `${errorType}: ${safeMessage(error)}`
        : errorType;
      span.updateName(`load ${model.name}`).setAttributes(described);
      span.setStatus({ code: SpanStatusCode.ERROR, message }).end();
    }
    this.#output.diag.warn(`Model "${model.name}" was not loaded: ${errorType}`);
    this.#output.emit(EVENT_MODEL_LOAD_ERROR, {
      body: `${model.name} was not loaded: ${errorType}`,
      context: load.context,
      attributes: { ...attributes, [ATTR_EXCEPTION_TYPE.name]: exceptionType(error) },
    });
  }

  #prepareProfile(
    callArgs: readonly unknown[],
    args: CreateArguments,
  ): PreparedProfile | undefined {
    const { profilesStartup, profiledRunsMax } = this.#output.settings;
    if (!profilesStartup) return undefined;
    try {
      return prepareProfile(callArgs, args, profiledRunsMax);
    } catch (error) {
      this.#output.fault('operator_profile', error); // no folder to write in
      return undefined;
    }
  }

  #startProfile(profile: StartupProfile, session: SessionLike, state: SessionState): void {
    state.profile = profile;
    profile.start(session, (finished) => {
      state.profile = undefined;
      const { model, info } = state;
      publishProfile(finished, { model, providers: info.providers }, this.#output);
    });
  }

  #identify({ args }: LoadRecord, session: SessionLike | undefined): Identity {
    const content = readContent(args.source);
    const inputs = session === undefined ? [] : inputsOf(session);
    const { models, modelName } = this.#output.hooks;
    return identify(
      args.source,
      { content, inputs },
      { models, modelName, onHookError: (error) => this.#output.fault('modelName', error) },
    );
  }
}
