import type { Expr } from '../promql/ast.ts';
import { evaluateInstant, evaluateRangeSteps, pointsOf } from '../promql/eval/evaluate.ts';
import type { EvaluationOptions } from '../promql/eval/options.ts';
import type { Value } from '../promql/eval/values.ts';

import type { QueryJob } from '../exchange/query.ts';
import type { AnswerWriter } from './answer-writer.ts';
import type { QuerySource } from './query-source.ts';
import { closing, limited, type Remarks, remarksOf } from './remarks.ts';
import { evaluationBytesMax, type QuerySettings } from './settings.ts';
import { elementJson, pair, seconds, seriesJson } from './value-json.ts';

interface ValueInput<Kind extends QueryJob['kind']> {
  readonly job: Extract<QueryJob, { kind: Kind }>;
  readonly source: QuerySource;
  readonly settings: QuerySettings;
  readonly isCancelled: () => boolean;
}

/** `/api/v1/query` @throws {PromqlError} */
export function writeInstant(expr: Expr, input: ValueInput<'instant'>, writer: AnswerWriter): void {
  const { job, source, settings } = input;
  const options = optionsOf(input);
  const { value, annotations } = evaluateInstant(expr, { source, timeMs: job.timeMs, options });
  const remarks = remarksOf(annotations, job.query);
  writer.write(`{"status":"success","data":{"resultType":"${value.kind}","result":`);
  const written = writeValue(value, job.limit, writer);
  writer.write(`}${closing(withRemarks(remarks, written, settings))}`);
}

/** `/api/v1/query_range` @throws {PromqlError} */
export function writeRange(expr: Expr, input: ValueInput<'range'>, writer: AnswerWriter): void {
  const { job, source, settings } = input;
  const { startMs, endMs, stepMs } = job;
  const result = evaluateRangeSteps(expr, {
    source,
    startMs,
    endMs,
    stepMs,
    options: optionsOf(input),
  });
  const { kept, warnings } = limited(result.series, job.limit);
  writer.write('{"status":"success","data":{"resultType":"matrix","result":');
  writer.writeArray(
    mapped(kept, (item) =>
      seriesJson({ labels: item.labels, points: pointsOf(item, result.grid) }),
    ),
  );
  const written = { warnings, isEmpty: kept.length === 0 };
  const remarks = remarksOf(result.annotations, job.query);
  writer.write(`}${closing(withRemarks(remarks, written, settings))}`);
}

function optionsOf({
  job,
  settings,
  isCancelled,
}: ValueInput<'instant'> | ValueInput<'range'>): EvaluationOptions {
  const { features, lookbackMs, defaultSubqueryStepMs, samplesMax } = settings;
  return {
    features,
    lookbackMs: job.lookbackMs ?? lookbackMs,
    defaultSubqueryStepMs,
    samplesMax,
    bytesMax: evaluationBytesMax(settings),
    isCancelled,
  };
}

interface Written {
  readonly warnings: readonly string[];
  readonly isEmpty: boolean;
}

function writeValue(value: Value, limit: number, writer: AnswerWriter): Written {
  switch (value.kind) {
    case 'scalar':
      writer.write(JSON.stringify(pair(value.timeMs, value.value)));
      return { warnings: [], isEmpty: false };
    case 'string':
      writer.write(JSON.stringify([seconds(value.timeMs), value.value]));
      return { warnings: [], isEmpty: false };
    case 'vector': {
      const { kept, warnings } = limited(value.elements, limit);
      writer.writeArray(mapped(kept, elementJson));
      return { warnings, isEmpty: kept.length === 0 };
    }
    case 'matrix': {
      const { kept, warnings } = limited(value.series, limit);
      writer.writeArray(mapped(kept, seriesJson));
      return { warnings, isEmpty: kept.length === 0 };
    }
  }
}

/** One at a time: the JSON of all entries would take several times the memory of their numbers. */
function* mapped<Entry>(
  entries: readonly Entry[],
  toJson: (entry: Entry) => object,
): Generator<object> {
  for (const entry of entries) yield toJson(entry);
}

function withRemarks(
  { warnings, infos }: Remarks,
  written: Written,
  { keepsAll }: QuerySettings,
): Remarks {
  // An empty answer may only mean that no rule asks for the series.
  const isSilent = !written.isEmpty || keepsAll;
  const hint = 'only series that rules ask for are kept: set collector.retain_all to query others';
  return {
    warnings: [...warnings, ...written.warnings],
    infos: isSilent ? infos : [...infos, hint],
  };
}
