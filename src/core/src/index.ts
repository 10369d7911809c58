export {
  type GuardRefusal,
  type IncomingRequest,
  isHostAllowed,
  isLoopback,
  refuseForeignPage,
  refuseFormBody,
} from './browser-guard.ts';
export { type Clock, systemClock } from './clock.ts';
export { ALERT_SERVICE_KEY, APPLICATION_KEYS, isFreeKey } from './config-sections.ts';
export * from './errors.ts';
export { INFERENCE_CHANNEL, type InferenceMessage } from './inference-channel.ts';
export { invariant } from './invariant.ts';
export * from './limits.ts';
export * from './options.ts';
export { printable } from './printable.ts';
export { PROBABILITY_ROUNDING, readProbability } from './probability.ts';
export {
  type PromInstrumentKind,
  type PromLabelNameOptions,
  type PromNameSource,
  promLabelName,
  promName,
  promUnit,
  TRANSLATION_STRATEGIES,
  type TranslationStrategy,
} from './prometheus-name.ts';
export { sharedState } from './shared-state.ts';
export * from './telemetry.ts';
export { textKey } from './text-key.ts';
