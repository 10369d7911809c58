export {
  BucketHistogram,
  type HistogramSnapshot,
  quantile,
  subtractSnapshot,
} from './histogram/bucket-histogram.ts';
export {
  collectionOf,
  DATA_POINT_EXPONENTIAL_HISTOGRAM,
  descriptorOf,
  hrTimeOf,
  type ImmediateProducer,
  immediateProducer,
  type Scope,
  TEMPORALITY,
  type Temporality,
} from './histogram/collection.ts';
export {
  createHistogramProducer,
  type DataPointExemplar,
  type HistogramFamily,
  type HistogramSeries,
} from './histogram/histogram-producer.ts';
export { isAlive } from './is-alive.ts';
export { followLogger } from './providers/follow-logger.ts';
export { type Binding, type FollowedMeter, followMeter } from './providers/follow-meter.ts';
export { ProviderWatch } from './providers/provider-watch.ts';
export { loggersWithSchema, metersWithSchema, tracersWithSchema } from './providers/with-schema.ts';
export * from './real-timers.ts';
export { sha256 } from './sha256.ts';
export { TokenBucket } from './token-bucket.ts';
