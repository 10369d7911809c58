import type { Decision } from './decision-threshold.ts';
import type { EarlyTruth } from './early-truths.ts';
import type { FeedbackContent } from './model-feedback.ts';
import type { RememberedPrediction } from './prediction-ledgers.ts';

export const STATE_SCHEMA = 'telltale-feedback/1';

/** The windows of one model and version. */
export interface SavedModel {
  readonly name: string;
  readonly version: string;
  readonly content: FeedbackContent;
}

/** What is kept over restarts, a part at a time: there may be a million predictions. */
export type StatePart =
  | { readonly schema: typeof STATE_SCHEMA }
  | { readonly model: SavedModel }
  | { readonly prediction: readonly [id: string, prediction: RememberedPrediction] }
  | { readonly early: readonly [key: string, truth: EarlyTruth] }
  | { readonly decisions: readonly [key: string, decisions: readonly Decision[]] };

/** Takes the parts of a state back. */
export interface StateTaker {
  model(saved: SavedModel): void;
  prediction(id: string, prediction: RememberedPrediction): void;
  early(key: string, truth: EarlyTruth): void;
  decisions(key: string, decisions: readonly Decision[]): void;
}

/**
 * Reads the lines of a state. A damaged line costs what stands in it.
 *
 * @returns how many lines could not be used; `undefined` for another schema, of which nothing is used
 */
export function readState(text: string, taker: StateTaker): number | undefined {
  const [head = '', ...lines] = text.split('\n');
  if ((parse(head) as { readonly schema?: unknown } | undefined)?.schema !== STATE_SCHEMA) {
    return undefined;
  }
  const parts = lines.filter((line) => line !== '').map(parse);
  return parts.filter((part) => !take(part, taker)).length;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function take(part: unknown, taker: StateTaker): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { model, prediction, early, decisions } = part as Readonly<Record<string, unknown>>;
  if (isModel(model)) {
    taker.model(model);
    return true;
  }
  if (isPair(prediction) && isPrediction(prediction[1])) {
    taker.prediction(prediction[0], prediction[1]);
    return true;
  }
  if (isPair(early) && isEarly(early[1])) {
    taker.early(early[0], early[1]);
    return true;
  }
  if (isPair(decisions) && isDecisions(decisions[1])) {
    taker.decisions(decisions[0], decisions[1]);
    return true;
  }
  return false;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isPair = (value: unknown): value is readonly [string, unknown] =>
  Array.isArray(value) && value.length === 2 && typeof value[0] === 'string';

const isRing = (value: unknown): boolean =>
  isRecord(value) &&
  Number.isSafeInteger(value['firstPlace']) &&
  Array.isArray(value['values']) &&
  value['values'].every(isRecord);

const isModel = (value: unknown): value is SavedModel =>
  isRecord(value) &&
  typeof value['name'] === 'string' &&
  typeof value['version'] === 'string' &&
  isRecord(value['content']) &&
  isRing(value['content']['classes']) &&
  isRing(value['content']['numbers']);

const isPrediction = (value: unknown): value is RememberedPrediction =>
  isRecord(value) &&
  typeof value['model'] === 'string' &&
  typeof value['version'] === 'string' &&
  Number.isFinite(value['atMs']) &&
  (typeof value['outcome'] === 'string' || Number.isFinite(value['value']));

const isDecisions = (value: unknown): value is readonly Decision[] =>
  Array.isArray(value) &&
  value.every(
    (one) => Array.isArray(one) && Number.isFinite(one[0]) && typeof one[1] === 'boolean',
  );

const isEarly = (value: unknown): value is EarlyTruth =>
  isRecord(value) && Number.isFinite(value['atMs']) && isRecord(value['feedback']);
