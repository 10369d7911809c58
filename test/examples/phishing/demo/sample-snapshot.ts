import type { Snapshot } from '../../../../examples/phishing/demo/measurements.ts';
import type { Ending } from '../../../../examples/phishing/demo/verdict.ts';
import { INFERENCE, REQUEST } from './sample-spans.ts';

/** A moment of a run in which everything went well. */
export const SNAPSHOT: Snapshot = {
  isOver: false,
  elapsedMs: 12_400,
  requestsPerSecond: 121.6,
  load: {
    answered: 1700,
    runs: 1500,
    faulted: 0,
    failed: 0,
    skipped: 0,
    rows: 2000,
    correct: 1830,
    falsePositives: 90,
    labelled: 2000,
    lastFailure: undefined,
  },
  requestMs: { p50: 1.234, p95: 4, p99: 9.876 },
  inferenceMs: { p50: 0.1, p95: 0.25, p99: 0.5 },
  queueMs: { p50: 0.05, p95: 0.1, p99: 0.2 },
  computeMs: { p50: undefined, p95: undefined, p99: undefined },
  durationCount: 1500,
  predictions: { phishing: 800, legitimate: 1200 },
  cacheHitRate: 0.125,
  runQueue: { waiting: 2, waitMs: { p50: 0.01, p95: 0.5, p99: 1 } },
  feedback: { matched: 2000, unmatched: 0, accuracy: 0.915, falsePositives: 90 },
  healthy: true,
  spans: { total: 3001, infer: 1500, http: 1500, nested: 1500 },
  gpus: [],
  losses: 0,
  sink: { exports: { traces: 12, metrics: 6, logs: 0 }, logRecords: 0, exemplars: 30, refused: 0 },
  trace: [REQUEST, INFERENCE],
  fault: 'none',
  shift: { kind: 'none' },
  streams: [
    { name: 'https', direction: 'input', state: 'stable', distance: 0.02 },
    { name: 'label', direction: 'output', state: 'stable', distance: 0.01 },
  ],
  alerts: [],
};

/** How that run ended. */
export const ENDING: Ending = {
  appEnding: 'code 0',
  exportedDurationCount: 1500,
  exemplars: 30,
  scenario: 'alerts',
  notifications: { sent: 0, channels: [], folder: '/messages' },
  isAutomatic: false,
  isWholeStory: false,
  seconds: 12,
  logs: { byType: { PREDICTION: 4000, REQUEST: 1750, ALERT: 2 }, torn: 0 },
};
