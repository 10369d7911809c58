import type { PromqlFeatures } from '../promql/features.ts';

/** What a worker is told with each job. */
export interface QuerySettings {
  readonly features: PromqlFeatures;
  readonly lookbackMs: number;
  readonly defaultSubqueryStepMs: number;
  readonly samplesMax: number;
  /** Every series is kept for a while, not only those of rules. */
  readonly keepsAll: boolean;
  /** The heap of a worker. */
  readonly heapBytesMax: number;
}

type Heap = Pick<QuerySettings, 'heapBytesMax'>;

/**
 * Values of an evaluation. Those of a part are counted before it is computed from its inputs, and
 * are no larger, so that at most twice this is alive; a third of the heap is left for the rest.
 */
export const evaluationBytesMax = ({ heapBytesMax }: Heap): number => heapBytesMax / 3;

/** Samples and labels handed over to one query. They lie outside the heap. */
export const selectionBytesMax = ({ heapBytesMax }: Heap): number => heapBytesMax / 2;

/** The body of one answer. */
export const answerBytesMax = ({ heapBytesMax }: Heap): number => heapBytesMax / 4;
