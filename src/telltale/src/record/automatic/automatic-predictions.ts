import { sharedState, textKey } from '@telltale/core';
import type { ModelInfo, ObservedRun, RunObserver } from '@telltale/instrumentation-onnxruntime';

import { countInvalidPredictions, isOwnedByApplication, recordPrediction } from '../prediction.ts';
import { type OutputReader, outputReaderOf } from './output-reader.ts';
import { type ReadRows, readRows } from './rows.ts';
import { addRunObserver } from '@telltale/instrumentation-onnxruntime/observer';

/**
 * How long the first predictions of a model wait for the application to record its own: it does so
 * right after its first run, if at all, and then these must not have been counted.
 */
const DECISION_MS = 1_000;
const WAITING_RUNS_MAX = 64;

/** Captured because test suites replace the globals with fake timers. */
const startTimer: typeof setTimeout = setTimeout;
const stopTimer: typeof clearTimeout = clearTimeout;

/** One model that is read automatically. */
class WatchedModel {
  readonly info: ModelInfo;
  readonly reader: OutputReader;
  /** False for ever once a result did not look like predictions. */
  isReadable = true;
  #waiting: ReadRows[] | undefined = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(info: ModelInfo, reader: OutputReader) {
    this.info = info;
    this.reader = reader;
  }

  add(read: ReadRows): void {
    if (this.#waiting === undefined) {
      this.#record(read);
      return;
    }
    this.#waiting.push(read);
    if (this.#waiting.length >= WAITING_RUNS_MAX) this.decide();
    else this.#timer ??= startTimer(() => this.decide(), DECISION_MS).unref();
  }

  /** Counts what waited, unless the application turned out to record by itself. */
  decide(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    stopTimer(this.#timer);
    if (isOwnedByApplication(this.info.name)) return;
    for (const read of waiting) this.#record(read);
  }

  #record({ rows, dropped }: ReadRows): void {
    const { name, version } = this.info;
    for (const row of rows) recordPrediction({ model: name, version, ...row });
    if (dropped > 0) countInvalidPredictions(this.info, 'rows', dropped);
  }
}

interface Watching {
  readonly models: Map<string, WatchedModel>;
  stop: (() => void) | undefined;
}

const watching = (): Watching =>
  sharedState('telltale.automatic-predictions', () => ({ models: new Map(), stop: undefined }));

/**
 * Records the predictions of models that are configured for it or that are recognized as
 * classifiers, until the application records predictions of the same model by itself. A second
 * call changes nothing.
 */
export function recordPredictionsAutomatically(): void {
  const state = watching();
  state.stop ??= addRunObserver(createObserver(state.models));
}

/** Counts what still waits for a decision. Call it before a flush at exit. */
export function settleAutomaticPredictions(): void {
  for (const model of watching().models.values()) model.decide();
}

/** Stops and forgets all models. */
export function stopAutomaticPredictions(): void {
  const state = watching();
  settleAutomaticPredictions();
  state.stop?.();
  state.stop = undefined;
  state.models.clear();
}

function createObserver(models: Map<string, WatchedModel>): RunObserver {
  return {
    wants: (info) => {
      if (isOwnedByApplication(info.name)) return undefined;
      const known = models.get(keyOf(info));
      if (known !== undefined) return { outputs: true };
      const reader = outputReaderOf(info);
      if (reader === undefined) return undefined;
      models.set(keyOf(info), new WatchedModel(info, reader));
      return { outputs: true };
    },
    onRun: (info, run) => {
      const model = models.get(keyOf(info));
      if (model !== undefined && model.isReadable) observe(model, run);
    },
  };
}

function observe(model: WatchedModel, { results }: ObservedRun): void {
  if (results === undefined || isOwnedByApplication(model.info.name)) return;
  const read = readRows(model.reader, results);
  if (read === undefined) model.isReadable = false;
  else if (read.rows.length > 0) model.add(read);
}

/** Names and versions are bounded by the instrumentation, so the map is too. */
function keyOf({ name, version }: ModelInfo): string {
  return textKey([name, version]);
}
