import type { LabelMatcher } from '../promql/ast.ts';
import { PromqlError } from '../promql/error.ts';
import { parseExpr, parseMetricSelector } from '../promql/parser/parse.ts';
import { printExpr } from '../promql/printer.ts';

import type { QueryJob, QueryRefusal } from '../exchange/query.ts';
import { AnswerTooLargeError, AnswerWriter } from './answer-writer.ts';
import { JobError } from './job-error.ts';
import { writeLabelNames, writeLabelValues, writeSeries } from './list-jobs.ts';
import type { QuerySource } from './query-source.ts';
import { answerBytesMax, type QuerySettings } from './settings.ts';
import { writeInstant, writeRange } from './value-jobs.ts';

/** What a job runs with. */
export interface JobContext {
  readonly source: QuerySource;
  readonly settings: QuerySettings;
  /** Asked now and then; true ends the evaluation. */
  readonly isCancelled: () => boolean;
}

/**
 * Answers a job: writes the body in pieces, or says why there is none. Pieces that were emitted
 * before a refusal are worth nothing.
 */
export function runJob(
  job: QueryJob,
  context: JobContext,
  emit: (piece: Uint8Array<ArrayBuffer>) => void,
): { readonly kind: 'done' } | QueryRefusal {
  const writer = new AnswerWriter(answerBytesMax(context.settings), emit);
  try {
    write(job, context, writer);
    writer.flush();
    return { kind: 'done' };
  } catch (error) {
    return refusalOf(error);
  }
}

function write(job: QueryJob, context: JobContext, writer: AnswerWriter): void {
  const { source, settings } = context;
  switch (job.kind) {
    case 'instant':
      writeInstant(parsed(job.query, settings), { ...context, job }, writer);
      return;
    case 'range':
      writeRange(parsed(job.query, settings), { ...context, job }, writer);
      return;
    case 'format':
      writer.write(
        JSON.stringify({ status: 'success', data: printExpr(parsed(job.query, settings)) }),
      );
      return;
    case 'series':
      writeSeries({ ...job, source, selections: job.selectors.map(selector) }, writer);
      return;
    case 'label names':
      writeLabelNames({ ...job, source, selections: job.selectors.map(selector) }, writer);
      return;
    case 'label values':
      writeLabelValues({ ...job, source, selections: job.selectors.map(selector) }, writer);
  }
}

const parsed = (text: string, { features }: QuerySettings): ReturnType<typeof parseExpr> =>
  reading('query', () => parseExpr(text, features));

const selector = (text: string): readonly LabelMatcher[] =>
  reading('match[]', () => parseMetricSelector(text));

function reading<Result>(parameter: string, parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!PromqlError.is(error)) throw error;
    throw new JobError('bad_data', `invalid parameter "${parameter}": ${error.message}`);
  }
}

function refusalOf(error: unknown): QueryRefusal {
  if (error instanceof JobError) return refusal(error.type, error.message);
  if (error instanceof AnswerTooLargeError) return refusal('execution', error.message);
  if (!PromqlError.is(error)) throw error;
  const isTimeout = error.message.startsWith('query timed out');
  return refusal(isTimeout ? 'timeout' : 'execution', error.message);
}

const refusal = (type: QueryRefusal['type'], message: string): QueryRefusal => {
  return { kind: 'refused', type, message };
};
