import { sharedState } from '@telltale/core';

import type { RunObserver } from './types.ts';

export type {
  ModelInfo,
  ObservedRun,
  ObserverWishes,
  RunObserver,
  RunTiming,
  TensorInfo,
  TensorLike,
  TensorMap,
} from './types.ts';

const OBSERVERS_MAX = 32;

/** Process-wide, because the ESM and the CommonJS copy of this package are two modules. */
interface Observers {
  readonly list: RunObserver[];
  /** Grows with every change, so that sessions know when to ask again. */
  version: number;
}

/** All observers, for the instrumentation. */
export function runObservers(): Observers {
  return sharedState('onnxruntime.observers', () => ({ list: [], version: 0 }));
}

/**
 * Adds an observer of runs, for all sessions, also those that exist already.
 *
 * @returns a function that removes it.
 * @throws {RangeError} beyond 32 observers.
 */
export function addRunObserver(observer: RunObserver): () => void {
  const observers = runObservers();
  if (observers.list.length >= OBSERVERS_MAX) {
    throw new RangeError(`Cannot add a run observer as there are ${OBSERVERS_MAX} already`);
  }
  observers.list.push(observer);
  observers.version++;
  return () => {
    const index = observers.list.indexOf(observer);
    if (index === -1) return;
    observers.list.splice(index, 1);
    observers.version++;
  };
}

const knownVersions = (): Map<string, string> =>
  sharedState('onnxruntime.versions', () => new Map<string, string>());

/** The version of the model of this name that was loaded last; names are bounded by the registry. */
export function knownModelVersion(name: string): string | undefined {
  return knownVersions().get(name);
}

export function rememberModelVersion(name: string, version: string): void {
  knownVersions().set(name, version);
}
