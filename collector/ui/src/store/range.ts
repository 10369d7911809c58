import type { RangeSeries, Span } from '../model/spark.ts';

import { ask } from '../api/client.ts';

interface PrometheusAnswer<Data> {
  readonly data: Data;
  readonly infos?: readonly string[];
  readonly warnings?: readonly string[];
}

export interface RangeAnswer {
  readonly series: readonly RangeSeries[];
  /** What the service adds, such as that more series would be kept with `retain_all`. */
  readonly remarks: readonly string[];
}

/** @throws {ApiProblem} */
export async function readRange(
  query: string,
  span: Span,
  signal?: AbortSignal,
): Promise<RangeAnswer> {
  const answer = await ask<PrometheusAnswer<{ readonly result: readonly RangeSeries[] }>>(
    'api/v1/query_range',
    {
      method: 'POST',
      form: {
        query,
        start: String(span.startMs / 1000),
        end: String(span.endMs / 1000),
        step: String(span.stepMs / 1000),
      },
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const remarks = [...(answer.warnings ?? []), ...(answer.infos ?? [])];
  return { series: answer.data.result, remarks };
}
