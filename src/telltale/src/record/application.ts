import { type CacheRecorder, cache as cacheOf } from './caches.ts';
import {
  type Feedback,
  type FeedbackOptions,
  type FeedbackResult,
  recordFeedback,
} from './feedback/feedback.ts';
import { guarded } from './guarded.ts';
import {
  type ComponentRecorder,
  component as componentOf,
  type DetectorRecorder,
  detector as detectorOf,
} from './health.ts';
import { type QueueOptions, type QueueRecorder, queue as queueOf } from './queues.ts';
import { type RequestInFlight, startRequest } from './requests.ts';
import { configureFeedback } from './truth/feedback-registry.ts';

const ignore = (): void => {};

/** The truth about predictions, when it arrives. */
export const feedback: {
  /** Records the truth about a prediction, also hours later or of another process. */
  readonly record: (feedback: Feedback) => FeedbackResult;
  /** Names the positive outcome of a model and the length of its window. */
  readonly configure: (model: string, options: FeedbackOptions) => void;
} = {
  record: guarded('feedback', (truth: Feedback) => recordFeedback(truth), 'unmatched'),
  configure: guarded('feedback', configureFeedback, undefined),
};

/** Hits, misses and size of a cache: `const features = cache('features'); features.hit()`. */
export const cache: (name: string) => CacheRecorder = guarded('cache', cacheOf, {
  hit: ignore,
  miss: ignore,
  size: ignore,
});

/** Depth, waits and throughput of a work queue. */
export const queue: (name: string, options?: QueueOptions) => QueueRecorder = guarded(
  'queue',
  queueOf,
  { size: ignore, waited: ignore },
);

/** Components that are up, degraded or down, and detectors that are active or not. */
export const health: {
  readonly component: (name: string) => ComponentRecorder;
  readonly detector: (name: string) => DetectorRecorder;
} = {
  component: guarded('health', componentOf, {
    up: ignore,
    degraded: ignore,
    down: ignore,
    check: ignore,
  }),
  detector: guarded('health', detectorOf, { activate: ignore, deactivate: ignore }),
};

/** Work that is not HTTP: `const running = requests.start('import'); ...; running.end()`. */
export const requests: { readonly start: (name: string) => RequestInFlight } = {
  start: guarded('requests', startRequest, { end: ignore }),
};
