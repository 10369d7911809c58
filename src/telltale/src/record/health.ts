import type { BatchObservableResult } from '@opentelemetry/api';

import {
  ATTR_COMPONENT_NAME,
  ATTR_COMPONENT_STATE,
  ATTR_DETECTOR_STATE,
  instrumentOptions,
  METRIC_COMPONENT_HEALTH,
  METRIC_COMPONENT_TRANSITIONS,
  METRIC_DETECTOR_COUNT,
  sharedState,
} from '@telltale/core';

import { emitComponent } from '../events/application-events.ts';
import { BoundedNames } from '../instruments/bounded-names.ts';
import { liveInstruments } from '../instruments/live-instruments.ts';
import { maskText } from '../masking/secret-text.ts';
import { ComponentCheck, type ComponentCheckOptions, type Probe } from './component-check.ts';

const NAMES_MAX = 50;
const REASON_LENGTH_MAX = 256;

export type ComponentState = 'up' | 'degraded' | 'down';

const STATE_NUMBERS: Readonly<Record<ComponentState, number>> = { up: 1, degraded: 0.5, down: 0 };
const STATES = Object.keys(STATE_NUMBERS) as readonly ComponentState[];

export interface ComponentHealth {
  readonly name: string;
  readonly state: ComponentState;
  /** When it came to this state, milliseconds since the epoch. */
  readonly sinceMs: number;
  /** Shown to everybody, so secrets in it are masked and it holds no message of an error. */
  readonly reason?: string;
  /** The message of the error of a failed check, masked: shown to holders of a key only. */
  readonly detail?: string;
}

/** A part of the application that can be up, degraded or down. */
export interface ComponentRecorder {
  up(): void;
  degraded(reason?: string): void;
  down(reason?: string): void;
  /**
   * Asks again and again: `false`, an error or a timeout is down, any other answer is up. Stops when
   * called again or with `undefined`. The timer never keeps the process alive.
   */
  check(probe: Probe | undefined, options?: ComponentCheckOptions): void;
}

class Component implements ComponentRecorder {
  readonly name: string;
  state: ComponentState = 'up';
  sinceMs: number;
  reason: string | undefined;
  detail: string | undefined;
  readonly transitions: Record<ComponentState, number> = { up: 0, degraded: 0, down: 0 };
  readonly #check = new ComponentCheck();

  constructor(name: string, nowMs: number) {
    this.name = name;
    this.sinceMs = nowMs;
  }

  up(): void {
    this.#go('up', undefined);
  }

  degraded(reason?: string): void {
    this.#go('degraded', reason);
  }

  down(reason?: string): void {
    this.#go('down', reason);
  }

  check(probe: Probe | undefined, options: ComponentCheckOptions = {}): void {
    this.#check.start(probe, options, (failure) => {
      if (failure === undefined) this.up();
      else {
        this.down(failure.reason);
        this.detail = textOf(failure.detail);
      }
    });
  }

  #go(state: ComponentState, reason: string | undefined): void {
    // The common case, told again and again by a health check, costs one comparison.
    if (state === this.state && reason === this.reason) return;
    const text = textOf(reason);
    if (state !== this.state) {
      this.sinceMs = Date.now();
      this.transitions[state] += 1;
      this.state = state;
      emitComponent(this.name, state, text);
    }
    this.reason = text;
    this.detail = undefined;
    registry.bind();
  }
}

const textOf = (reason: string | undefined): string | undefined =>
  reason === undefined ? undefined : maskText(String(reason)).slice(0, REASON_LENGTH_MAX);

/** A detector that the application switches on and off, for example a fraud rule. */
export interface DetectorRecorder {
  activate(): void;
  deactivate(): void;
}

const registry = sharedState('telltale.health', () => {
  const components = new Map<string, Component>();
  const detectors = new Map<string, boolean>();
  const names = new BoundedNames(NAMES_MAX);
  const detectorNames = new BoundedNames(NAMES_MAX);
  return { components, detectors, names, detectorNames, bind: bindHealth(components, detectors) };
});

/** The recorder of a component. A component is up until it is reported otherwise. */
export function component(name: string): ComponentRecorder {
  const key = registry.names.admit(name);
  let found = registry.components.get(key);
  if (found === undefined) {
    found = new Component(key, Date.now());
    registry.components.set(key, found);
  }
  registry.bind();
  return found;
}

/** The recorder of a detector, inactive at first. */
export function detector(name: string): DetectorRecorder {
  const key = registry.detectorNames.admit(name);
  if (!registry.detectors.has(key)) registry.detectors.set(key, false);
  registry.bind();
  return {
    activate: () => void registry.detectors.set(key, true),
    deactivate: () => void registry.detectors.set(key, false),
  };
}

/** Every component as it is now, in the order of their first use. */
export function componentHealth(): readonly ComponentHealth[] {
  return Array.from(registry.components.values(), ({ name, state, sinceMs, reason, detail }) => ({
    name,
    state,
    sinceMs,
    ...(reason === undefined ? {} : { reason }),
    ...(detail === undefined ? {} : { detail }),
  }));
}

/** Names of the detectors at work. */
export function activeDetectors(): readonly string[] {
  return Array.from(registry.detectors)
    .filter(([, isActive]) => isActive)
    .map(([name]) => name);
}

/** How often a name did not fit. */
export const healthOverflow = (): number =>
  registry.names.overflowed + registry.detectorNames.overflowed;

function bindHealth(
  components: ReadonlyMap<string, Component>,
  detectors: ReadonlyMap<string, boolean>,
): () => void {
  return liveInstruments((meter) => {
    const gauge = meter.createObservableGauge(
      METRIC_COMPONENT_HEALTH.name,
      instrumentOptions(METRIC_COMPONENT_HEALTH),
    );
    const transitions = meter.createObservableCounter(
      METRIC_COMPONENT_TRANSITIONS.name,
      instrumentOptions(METRIC_COMPONENT_TRANSITIONS),
    );
    const count = meter.createObservableUpDownCounter(
      METRIC_DETECTOR_COUNT.name,
      instrumentOptions(METRIC_DETECTOR_COUNT),
    );
    const observe = (result: BatchObservableResult): void => {
      for (const one of components.values()) {
        const attributes = { [ATTR_COMPONENT_NAME.name]: one.name };
        result.observe(gauge, STATE_NUMBERS[one.state], attributes);
        for (const state of STATES.filter((each) => one.transitions[each] > 0)) {
          const byState = { ...attributes, [ATTR_COMPONENT_STATE.name]: state };
          result.observe(transitions, one.transitions[state], byState);
        }
      }
      if (detectors.size === 0) return;
      const active = [...detectors.values()].filter(Boolean).length;
      result.observe(count, active, { [ATTR_DETECTOR_STATE.name]: 'active' });
      result.observe(count, detectors.size - active, { [ATTR_DETECTOR_STATE.name]: 'inactive' });
    };
    const observed = [gauge, transitions, count];
    meter.addBatchObservableCallback(observe, observed);
    return {
      instruments: undefined,
      detach: () => meter.removeBatchObservableCallback(observe, observed),
    };
  });
}
