import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_MODEL_DTYPE,
  ATTR_MODEL_ID,
  ATTR_OPERATION_NAME,
  ATTR_RUNTIME_DEVICE,
  ATTR_RUNTIME_NAME,
  ATTR_RUNTIME_PROVIDERS,
  ATTR_RUNTIME_VERSION,
} from '@telltale/core';

import type { SessionLike } from '../internal-types.ts';
import type { PacedBudget } from '../measure/observer-budget.ts';
import { runObservers } from '../observer.ts';
import type { StartupProfile } from '../operator-profile/startup-profile.ts';
import type { RuntimeCopy } from '../runtime/runtime-copy.ts';
import type { DescribedTensors } from '../spans/described-tensors.ts';
import { WHOLE_RUN } from '../spans/whole-run.ts';
import { type BatchAxis, cleanName, declaredBatchAxis } from '../tensors.ts';
import type { ModelInfo, ObserverWishes, RunObserver } from '../types.ts';
import type { ModelState } from './model-state.ts';

const observers = runObservers();

const NODE_HANDLER = 'OnnxruntimeSessionHandler';

export interface AskedObserver {
  readonly observer: RunObserver;
  readonly wishes: ObserverWishes;
  /** Absent for an observer that must see every run. */
  readonly budget: PacedBudget | undefined;
}

/** What is known of one `InferenceSession`; lives exactly as long as it. */
export class SessionState {
  readonly model: ModelState;
  readonly info: ModelInfo;
  readonly copy: RuntimeCopy;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly hasMetadata: boolean;
  batchAxis: BatchAxis | undefined;
  runs = 0;
  isReleased = false;
  /** Present while the session's first runs are profiled. */
  profile: StartupProfile | undefined = undefined;
  describedInputs: DescribedTensors | undefined = undefined;
  describedOutputs: DescribedTensors | undefined = undefined;
  /** What all spans of the session share. Not frozen: that makes a copy three times as slow. */
  spanAttributes: Readonly<Attributes> = {};
  /** The same with a place for all that nearly every run has. */
  wholeRunAttributes: Readonly<Attributes> = {};
  #observers: readonly AskedObserver[] = [];
  #observersVersion = -1;

  constructor(session: SessionLike, model: ModelState, facts: SessionFacts) {
    this.model = model;
    this.info = facts.info;
    this.copy = facts.copy;
    this.inputNames = [...session.inputNames];
    this.outputNames = [...session.outputNames];
    this.hasMetadata = session.inputMetadata !== undefined;
    const { rule } = facts.info;
    this.batchAxis =
      rule?.batch === undefined
        ? declaredBatchAxis(facts.info.inputs)
        : { input: rule.batch.input, axis: rule.batch.axis ?? 0 };
  }

  /** At the first run: transformers.js tells its choices only after `create`. */
  prepare(session: SessionLike): void {
    this.spanAttributes = {
      [ATTR_OPERATION_NAME.name]: 'infer',
      ...this.model.attributes,
      ...runtimeAttributes(this.info),
      ...transformersAttributes(session),
    };
    this.wholeRunAttributes = { ...this.spanAttributes, ...WHOLE_RUN };
  }

  /** The observers that want this model; asked again by `askObservers` when the list changes. */
  get observers(): readonly AskedObserver[] {
    return this.#observers;
  }

  get knowsObservers(): boolean {
    return this.#observersVersion === observers.version;
  }

  askObservers(onError: (error: unknown) => void): void {
    this.#observersVersion = observers.version;
    const asked: AskedObserver[] = [];
    for (const observer of observers.list) {
      try {
        const wishes = observer.wants(this.info);
        if (wishes === undefined) continue;
        asked.push({ observer, wishes, budget: this.model.observerBudget(observer, wishes) });
      } catch (error) {
        onError(error);
      }
    }
    this.#observers = asked;
  }
}

export interface SessionFacts {
  readonly info: ModelInfo;
  readonly copy: RuntimeCopy;
}

export function isNodeBackend(session: SessionLike): boolean {
  return session.handler?.constructor.name === NODE_HANDLER;
}

function runtimeAttributes(info: ModelInfo): Attributes {
  return {
    ...(info.id === undefined ? {} : { [ATTR_MODEL_ID.name]: info.id }),
    [ATTR_RUNTIME_NAME.name]: info.runtimeName,
    ...(info.runtimeVersion === undefined
      ? {}
      : { [ATTR_RUNTIME_VERSION.name]: info.runtimeVersion }),
    [ATTR_RUNTIME_PROVIDERS.name]: [...info.providers],
  };
}

/** transformers.js hangs its choice of weights and device on the session after `create`. */
function transformersAttributes(session: SessionLike): Attributes {
  const attributes: Attributes = {};
  const dtype = session.config?.dtype;
  const device = session.config?.device;
  if (typeof dtype === 'string') attributes[ATTR_MODEL_DTYPE.name] = cleanName(dtype);
  if (typeof device === 'string') attributes[ATTR_RUNTIME_DEVICE.name] = cleanName(device);
  return attributes;
}
