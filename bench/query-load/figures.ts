import { quantile } from '../quantiles.ts';

/** One request of a loop. */
export interface Answer {
  readonly tookMs: number;
  /** 0 when there was no answer. */
  readonly status: number;
}

export interface Measurement {
  readonly quietIngest: readonly Answer[];
  readonly ingest: readonly Answer[];
  readonly queries: readonly Answer[];
  readonly evaluationsMissed: number;
  readonly serviceRestarts: number;
  readonly peakRssMib: number;
  readonly heapMib: number;
}

export interface Figures {
  readonly ingestP99Ms: number;
  /** The same without any query. */
  readonly quietIngestP99Ms: number;
  readonly ingestRefused: number;
  readonly evaluationsMissed: number;
  readonly serviceRestarts: number;
  readonly peakRssMib: number;
  readonly heapLimitMib: number;
  /** Requests of the readers by status. */
  readonly queries: Readonly<Record<string, number>>;
}

export function figuresOf(measurement: Measurement): Figures {
  const { quietIngest, ingest, queries } = measurement;
  return {
    ingestP99Ms: p99Ms(ingest),
    quietIngestP99Ms: p99Ms(quietIngest),
    ingestRefused: ingest.filter(({ status }) => status !== 200).length,
    evaluationsMissed: measurement.evaluationsMissed,
    serviceRestarts: measurement.serviceRestarts,
    peakRssMib: measurement.peakRssMib,
    heapLimitMib: measurement.heapMib,
    queries: countsByStatus(queries),
  };
}

function p99Ms(answers: readonly Answer[]): number {
  return (
    Math.round(
      quantile(
        answers.map(({ tookMs }) => tookMs),
        0.99,
      ) * 10,
    ) / 10
  );
}

function countsByStatus(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
