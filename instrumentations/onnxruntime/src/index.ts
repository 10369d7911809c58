export type { Temporality } from '@telltale/instrument';

export { OnnxRuntimeInstrumentation } from './instrumentation.ts';
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
