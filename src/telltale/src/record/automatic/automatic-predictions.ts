import { type Context, trace } from '@opentelemetry/api';

import { sharedState, textKey } from '@telltale/core';
import { startTimer, stopTimer } from '@telltale/instrument';
import type { ModelInfo, ObservedRun, RunObserver } from '@telltale/instrumentation-onnxruntime';

import { report } from '../../diagnostics.ts';
import { learnDecision } from '../feedback/feedback-performance.ts';
import {
  countInvalidPredictions,
  countPredictions,
  isOwnedByApplication,
  recordPrediction,
} from '../predictions/prediction.ts';
import { applyFeedbackRule, levelOf } from './model-rule.ts';
import { type OutputReader, outputReaderOf } from './output-reader.ts';
import { type ReadRows, RowReader } from './rows.ts';
import { addRunObserver } from '@telltale/instrumentation-onnxruntime/observer';

/**
 * How long the first predictions of a model wait for the application to record its own: it does so
 * right after its first run, if at all, and then these must not have been counted.
 */
const DECISION_MS = 1_000;
const WAITING_RUNS_MAX = 64;
const WAITING_ROWS_MAX = 4_096;

/** What was read of one run, with the trace it belongs to. */
interface ReadRun extends ReadRows {
  readonly context: Context;
}

/** One model that is read automatically. */
class WatchedModel {
  readonly info: ModelInfo;
  readonly reader: RowReader;
  readonly isGuess: boolean;
  /** False forever once the first result of a guessed classifier did not look like predictions. */
  isReadable = true;
  #waiting: ReadRun[] | undefined = [];
  #waitingRows = 0;
  #timer: NodeJS.Timeout | undefined;
  #hasRead = false;

  constructor(info: ModelInfo, output: OutputReader) {
    this.info = info;
    this.reader = new RowReader(output);
    this.isGuess = output.isGuess;
  }

  add(run: ReadRun): void {
    this.#hasRead = true;
    if (this.#waiting === undefined) {
      this.#record(run);
      return;
    }
    this.#waiting.push(run);
    this.#waitingRows += run.rows.length;
    const isFull = this.#waiting.length >= WAITING_RUNS_MAX || this.#waitingRows > WAITING_ROWS_MAX;
    if (isFull) this.decide();
    else this.#timer ??= startTimer(() => this.decide(), DECISION_MS).unref();
  }

  /** A result that is none of this kind of model: a wrong guess, or a rule that does not fit. */
  refuse(): void {
    if (this.isGuess && !this.#hasRead) {
      this.isReadable = false;
      return;
    }
    const { name } = this.info;
    report(
      `predictions ${name}`,
      `Cannot read predictions of model "${name}" from a result: its output is not what ${
        this.isGuess ? 'its first results were' : 'the rule of the model says'
      } (counted as ml.prediction.invalid)`,
    );
    countInvalidPredictions(this.info, 'outcome', 1);
  }

  /** Counts what waited, unless the application turned out to record by itself. */
  decide(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    stopTimer(this.#timer);
    if (isOwnedByApplication(this.info.name)) return;
    for (const run of waiting) this.#record(run);
  }

  #record({ rows, rest, invalid, context }: ReadRun): void {
    const { name, version, rule } = this.info;
    for (const row of rows) {
      const { outcome, confidence, decision } = row;
      const level = levelOf(rule?.levels, row);
      recordPrediction({ model: name, version, outcome, confidence, level }, { name, context });
      if (decision !== undefined) learnDecision({ model: name, version }, decision);
    }
    if (invalid > 0) countInvalidPredictions(this.info, 'outcome', invalid);
    for (const [outcome, count] of rest) {
      countPredictions(this.info, outcome, count);
      countInvalidPredictions(this.info, 'rows', count);
    }
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

/**
 * Stops and forgets all models, for tests.
 *
 * @internal
 */
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
      applyFeedbackRule(info);
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

function observe(model: WatchedModel, { results, context, span }: ObservedRun): void {
  if (results === undefined || isOwnedByApplication(model.info.name)) return;
  const read = model.reader.read(results);
  if (read === 'none') return;
  if (read === undefined) model.refuse();
  else model.add({ ...read, context: span === undefined ? context : trace.setSpan(context, span) });
}

/** Names and versions are bounded by the instrumentation, so the map is too. */
function keyOf({ name, version }: ModelInfo): string {
  return textKey([name, version]);
}
