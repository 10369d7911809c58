import type { Context, Span } from '@opentelemetry/api';
import type { InstrumentationConfig } from '@opentelemetry/instrumentation';

import type { EventType } from '@telltale/core';

/** One input or output of a model, as its metadata declares it. */
export interface TensorInfo {
  readonly name: string;
  /** Element type (`float32`); absent when the runtime has no metadata (before 1.22). */
  readonly type?: string;
  /** Sizes, with names for symbolic dimensions; absent when the runtime has no metadata. */
  readonly dims?: readonly (number | string)[];
}

/** Who a model is. The same object for every run of one session. */
export interface ModelInfo {
  /** Bounded: at most 100 names a process, then `_OTHER`. */
  readonly name: string;
  readonly version: string;
  /** SHA-256 over the first MiB, the last MiB and the length; absent when no bytes were seen. */
  readonly id?: string;
  /** Base name of the file; absent for buffers. */
  readonly fileName?: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** `onnxruntime-node` or `onnxruntime-web`. */
  readonly runtimeName: string;
  readonly runtimeVersion?: string;
  /** Execution providers asked for, in order. */
  readonly providers: readonly string[];
  /** The rule of `models` that matched, if any. */
  readonly rule?: ModelRule;
}

/** When a run happened. All times are in milliseconds. */
export interface RunTiming {
  /** `performance.now()` at the call. */
  readonly startMs: number;
  readonly durationMs: number;
  /** Wait before native code; absent when it is not known. */
  readonly queueMs?: number;
  /** Time in native code; absent when it did not start or is not known. */
  readonly computeMs?: number;
}

/** A tensor of any copy of ONNX Runtime: recognised by its shape, never by its class. */
export interface TensorLike {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  /** Absent up to 1.16, where every tensor is on the CPU. */
  readonly location?: string;
}

export type TensorMap = Readonly<Record<string, TensorLike | undefined>>;

export interface ObserverWishes {
  readonly inputs?: boolean;
  readonly outputs?: boolean;
  /**
   * The observer works on any part of the runs: then it is paced to 2 % of all time and 5 % of the
   * compute time, and what it missed is counted. Otherwise it sees every run, so it must be cheap.
   */
  readonly mayMissRuns?: boolean;
}

/**
 * Sees each successful run, after it settled and before the application sees the result. It must
 * copy what it keeps.
 */
export interface RunObserver {
  /** Asked once a session. `undefined` means: not this model. */
  wants(model: ModelInfo): ObserverWishes | undefined;
  onRun(model: ModelInfo, run: ObservedRun): void;
}

export interface ObservedRun {
  /** Present when `inputs` was wished. */
  readonly feeds?: TensorMap;
  /** Present when `outputs` was wished. */
  readonly results?: TensorMap;
  readonly timing: RunTiming;
  /** Of the call of `run`. */
  readonly context: Context;
  /** The span of the run, when it has one; it has ended. */
  readonly span?: Span;
}

export interface RequestHookInfo {
  readonly model: ModelInfo;
  readonly feeds: unknown;
}

export interface ResponseHookInfo {
  readonly model: ModelInfo;
  readonly results?: unknown;
  readonly error?: unknown;
  readonly timing: RunTiming;
}

/** Tells a model by what is known of it. Every given field must match. */
export interface ModelMatch {
  /** Base name of the file; `*` stands for any characters. */
  readonly file?: string;
  /** The model id, whole or its first characters. */
  readonly sha256?: string;
  /** The name the other rules of identity gave it; `*` stands for any characters. */
  readonly name?: string;
  /** Input names that the model must have. */
  readonly input?: string | readonly string[];
}

/** How predictions are read from an output. */
export interface OutputMapping {
  readonly tensor: string;
  readonly kind: 'probabilities' | 'logits' | 'score' | 'class';
  /** Names of the classes, in the order of the tensor. */
  readonly labels?: readonly string[];
  /** The label that counts as positive. */
  readonly positive?: string;
  /**
   * For `score`, and for probabilities of two classes: at or above it the positive label is the
   * outcome. Default 0.5.
   */
  readonly threshold?: number;
  /** For `score`: apply the logistic function first. */
  readonly sigmoid?: boolean;
  /** For `class`: the tensor that holds the confidence. */
  readonly score?: string;
}

export interface ModelRule {
  readonly match: ModelMatch;
  readonly name?: string;
  readonly version?: string;
  /** Which dimension counts the items of a run. */
  readonly batch?: { readonly input: string; readonly axis?: number };
  /** `false` switches automatic predictions off for the model. */
  readonly output?: OutputMapping | false;
  /**
   * Level of automatic predictions: that of the largest number which the probability of the positive
   * class (of more than two classes: the confidence) reaches.
   */
  readonly levels?: Readonly<Record<string, number>>;
  /** How the truths of the model are read. */
  readonly feedback?: FeedbackRule;
}

/** How the truths of a model are read. */
export interface FeedbackRule {
  readonly positive?: string;
  /** Labelled predictions that rates are taken over. Default 1000. */
  readonly window?: number;
  /** How long a prediction waits for its truth: a time such as `7d`, or milliseconds. */
  readonly ttl?: string | number;
  /** Predictions that wait for their truth. Default 10,000. */
  readonly predictions_max?: number;
  readonly threshold?: number;
  readonly task?: 'classification' | 'regression';
}

/** What `modelName` may look at. */
export interface ModelNameInfo {
  readonly path: string | undefined;
  readonly id: string | undefined;
  readonly logId: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
}

export type ModelNameHook = (
  info: ModelNameInfo,
) => string | { readonly name: string; readonly version?: string } | undefined;

export interface NonFiniteConfig {
  /** Look at inputs. Default `true`. */
  readonly inputs?: boolean;
  /** Look at outputs. Default `true`. */
  readonly outputs?: boolean;
  /** Most elements looked at in a run; larger tensors are sampled by stride. Default 65536. */
  readonly maxElements?: number;
}

export interface OperatorProfileConfig {
  /** `startup` profiles the first runs of each session. Default `off`. */
  readonly mode?: 'off' | 'startup';
  /** Runs profiled at most. Default 20. */
  readonly runs?: number;
  /** Operators emitted a run, the slowest first. Default 10. */
  readonly top?: number;
}

export type SpanPolicy = 'all' | 'parent' | 'errors' | 'off';

export interface OnnxRuntimeInstrumentationConfig extends InstrumentationConfig {
  /** `parent`: only inside another span; `errors`: only failed and slow runs. Default `all`. */
  spans?: SpanPolicy;
  /** Run spans of one model below one parent; the rest share one aggregate span. Default 32. */
  maxSpansPerParent?: number;
  /** Run spans of one model without a parent. Default 100. */
  maxRootSpansPerSecond?: number;
  /** Milliseconds above which a run is slow; `auto` is 3 x p99 of the last 1000. Default `auto`. */
  slowRun?: number | 'auto' | 'off';
  nonFinite?: NonFiniteConfig;
  operatorProfile?: OperatorProfileConfig;
  models?: readonly ModelRule[];
  modelName?: ModelNameHook;
  /** Which types of events are emitted. Default: all. */
  wantsEvents?: (type: EventType) => boolean;
  /** Add the error message, paths cut to base names, to failed spans. Default `false`. */
  captureErrorMessage?: boolean;
  /** Called with the span of a run before the run. An exception in it is logged and dropped. */
  requestHook?: (span: Span, info: RequestHookInfo) => void;
  /** Called with the span of a run after it settled. */
  responseHook?: (span: Span, info: ResponseHookInfo) => void;
}

/** Whose operators to profile. */
export interface OperatorProfileRequest {
  readonly model: string;
  /** Default: the version that was loaded last. */
  readonly version?: string;
  /** Runs whose feeds are replayed, 1 to 5. Default 5. */
  readonly runs?: number;
}

/** The runs of one operator type on one execution provider, together. */
export interface OperatorCost {
  readonly operator: string;
  readonly provider: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  /** Of the time of all operators, 0 to 1. */
  readonly share: number;
}

/** One node of the graph. */
export interface NodeCost {
  readonly node: string;
  readonly operator: string;
  readonly provider: string;
  /** Types and shapes of its outputs. */
  readonly output: string;
  readonly calls: number;
  readonly meanMs: number;
  readonly share: number;
}

/** Where the time of a model goes. */
export interface OperatorProfile {
  readonly model: string;
  readonly version: string;
  readonly runs: number;
  /** Mean wall time of a run in the runtime, with the profiler on. */
  readonly runMs: number;
  /** Mean time of a run inside operators. */
  readonly operatorsMs: number;
  /** Nodes that ran, by execution provider. */
  readonly nodes: Readonly<Record<string, number>>;
  /** The 30 costliest. */
  readonly operators: readonly OperatorCost[];
  /** The 20 costliest. */
  readonly slowestNodes: readonly NodeCost[];
}

/** Why there is no profile. */
export type OperatorProfileRefusal =
  | 'unknown_model'
  | 'not_loaded'
  | 'loaded_from_bytes'
  | 'profiles_itself'
  | 'already_profiling'
  | 'file_changed'
  | 'too_costly'
  | 'unusable_feeds'
  | 'not_supported'
  | 'no_runs'
  | 'failed';

export type OperatorProfileResult =
  | { readonly profile: OperatorProfile }
  | { readonly refusal: OperatorProfileRefusal; readonly message: string };
