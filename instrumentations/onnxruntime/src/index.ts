export { OnnxRuntimeInstrumentation } from './instrumentation.ts';
export type { DataPointExemplar, Temporality } from './metrics/metric-producer.ts';
export { addRunObserver } from './observer.ts';
export type {
  ModelInfo,
  ModelMatch,
  ModelNameHook,
  ModelNameInfo,
  ModelRule,
  NonFiniteConfig,
  ObservedRun,
  ObserverWishes,
  OnnxRuntimeInstrumentationConfig,
  OperatorProfileConfig,
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
