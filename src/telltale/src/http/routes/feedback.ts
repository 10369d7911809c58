import type { Feedback, FeedbackResult } from '../../record/feedback/feedback.ts';
import { failure, json } from '../message.ts';
import type { Route } from '../router.ts';

const RECORDS_MAX = 1000;
const ID_LENGTH_MAX = 256;

type Outcome = string | number | boolean;

interface Rejected {
  readonly index: number;
  readonly reason: string;
}

/**
 * `POST /monitoring/feedback`: one truth or an array of them, from wherever labels are made.
 *
 * `{ "prediction_id": "p1", "actual": "fraud", "predicted"?, "model"?, "version"?, "confidence"? }`
 * answers 202 with how many were accepted, and why the others were not.
 */
export function feedbackRoute(record: (feedback: Feedback) => FeedbackResult): Route {
  return {
    method: 'POST',
    path: '/monitoring/feedback',
    access: 'key',
    handle: ({ body = '' }) => {
      const parsed = parse(body);
      if (parsed === undefined) {
        return failure(400, 'invalid_json', 'Cannot read the feedback: expected JSON');
      }
      const records: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
      if (records.length > RECORDS_MAX) {
        const message = `Cannot take ${records.length} records: at most ${RECORDS_MAX} a request`;
        return failure(413, 'too_many_records', message);
      }
      return json(202, recordAll(records, record));
    },
  };
}

function recordAll(
  records: readonly unknown[],
  record: (feedback: Feedback) => FeedbackResult,
): object {
  const counts = { accepted: 0, unmatched: 0, duplicate: 0 };
  const rejected: Rejected[] = [];
  for (const [index, value] of records.entries()) {
    const feedback = feedbackOf(value);
    if (typeof feedback === 'string') {
      rejected.push({ index, reason: feedback });
      continue;
    }
    const result = record(feedback);
    const reason = REASONS[result];
    if (reason !== undefined) rejected.push({ index, reason });
    else if (result === 'unmatched' || result === 'duplicate') counts[result] += 1;
    else counts.accepted += 1;
  }
  return { ...counts, rejected };
}

/** Why a truth was not taken. */
const REASONS: Partial<Record<FeedbackResult, string>> = {
  ambiguous: 'several models have a prediction of this "prediction_id": add "model"',
  invalid: 'expected "actual" to be a number, as the prediction is one',
};

/** The feedback, or what is wrong with it. */
function feedbackOf(value: unknown): Feedback | string {
  if (typeof value !== 'object' || value === null) return 'expected an object';
  const fields = value as Readonly<Record<string, unknown>>;
  const { prediction_id: id, actual, predicted, confidence } = fields;
  if (typeof id !== 'string' || id === '' || id.length > ID_LENGTH_MAX) {
    return `expected "prediction_id" to be a text of 1 to ${ID_LENGTH_MAX} characters`;
  }
  if (!isOutcome(actual)) return 'expected "actual" to be a text, number or boolean';
  if (predicted !== undefined && !isOutcome(predicted)) {
    return 'expected "predicted" to be a text, number or boolean';
  }
  return {
    predictionId: id,
    actual,
    ...(predicted === undefined ? {} : { predicted }),
    ...textField(fields, 'model'),
    ...textField(fields, 'version'),
    ...(typeof confidence === 'number' ? { confidence } : {}),
  };
}

const isOutcome = (value: unknown): value is Outcome =>
  (typeof value === 'string' && value !== '') ||
  typeof value === 'boolean' ||
  Number.isFinite(value);

function textField<K extends 'model' | 'version'>(
  fields: Readonly<Record<string, unknown>>,
  name: K,
): { readonly [P in K]?: string } {
  const value = fields[name];
  return typeof value === 'string' ? ({ [name]: value } as { readonly [P in K]?: string }) : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
