export { OnnxRuntimeInstrumentation } from './instrumentation.ts';
export { RunHistogram } from './measure/run-histogram.ts';
export {
  createHistogramProducer,
  type DataPointExemplar,
  type HistogramFamily,
  type HistogramSeries,
  type Scope,
  type Temporality,
} from './metrics/metric-producer.ts';
export type { ModelStatus, RunQuantiles } from './model/describe-model.ts';
export { addRunObserver } from './observer.ts';
export type {
  ModelInfo,
  ModelMatch,
  ModelNameHook,
  ModelNameInfo,
  ModelRule,
  NodeCost,
  NonFiniteConfig,
  ObservedRun,
  ObserverWishes,
  OnnxRuntimeInstrumentationConfig,
  OperatorCost,
  OperatorProfile,
  OperatorProfileConfig,
  OperatorProfileRefusal,
  OperatorProfileRequest,
  OperatorProfileResult,
  OutputMapping,
  RequestHookInfo,
  ResponseHookInfo,
  RunObserver,
  RunTiming,
  SpanPolicy,
  TensorInfo,
  TensorLike,
  TensorMap,
} from './types.ts';
