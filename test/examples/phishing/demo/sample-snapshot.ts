import type { Snapshot } from '../../../../examples/phishing/demo/measurements.ts';
import { INFERENCE, REQUEST } from './sample-spans.ts';

/** A moment of a run in which everything went well. */
export const SNAPSHOT: Snapshot = {
  isOver: false,
  elapsedMs: 12_400,
  requestsPerSecond: 121.6,
  load: {
    answered: 1500,
    failed: 0,
    skipped: 0,
    rows: 2000,
    correct: 1830,
    lastFailure: undefined,
  },
  requestMs: { p50: 1.234, p95: 4, p99: 9.876 },
  inferenceMs: { p50: 0.1, p95: 0.25, p99: 0.5 },
  queueMs: { p50: 0.05, p95: 0.1, p99: 0.2 },
  computeMs: { p50: undefined, p95: undefined, p99: undefined },
  durationCount: 1500,
  predictions: { phishing: 800, legitimate: 1200 },
  spans: { total: 3001, infer: 1500, http: 1500, nested: 1500 },
  losses: 0,
  sink: { exports: { traces: 12, metrics: 6, logs: 0 }, logRecords: 0, exemplars: 30, refused: 0 },
  trace: [REQUEST, INFERENCE],
};
