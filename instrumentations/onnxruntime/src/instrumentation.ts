import type { LoggerProvider, TracerProvider } from '@opentelemetry/api';
import { diag, logs, type MeterProvider, metrics, trace } from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
} from '@opentelemetry/instrumentation';
import type { MetricProducer } from '@opentelemetry/sdk-metrics';

import { SCHEMA_URL } from '@telltale/core';
import {
  loggersWithSchema,
  metersWithSchema,
  ProviderWatch,
  type Temporality,
  tracersWithSchema,
} from '@telltale/instrument';

import type { RuntimeModule } from './internal-types.ts';
import { createRunMetricProducer } from './metrics/metric-producer.ts';
import { describeModel, type ModelStatus } from './model/describe-model.ts';
import { profileOnDemand } from './operator-profile/publish/on-demand-profile.ts';
import { Output } from './output.ts';
import { patchPipelines } from './pipeline/patch-pipelines.ts';
import { PipelineCalls } from './pipeline/pipeline-calls.ts';
import { patchRuntime } from './runtime/patch.ts';
import { SessionCalls } from './session/session-calls.ts';
import type {
  OnnxRuntimeInstrumentationConfig,
  OperatorProfileRequest,
  OperatorProfileResult,
} from './types.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.ts';

const MODULES = ['onnxruntime-common', 'onnxruntime-node'] as const;
const TRANSFORMERS = '@huggingface/transformers';
const SUPPORTED_VERSION = /^1\.(?:1[4-9]|[2-9]\d)\./u;
const NOOP_PROVIDER = 'NoopMeterProvider';

/**
 * Watches every `InferenceSession` of the process: load, run and release, as spans, metrics and
 * events. Works for CommonJS and ESM applications without a loader hook, because `onnxruntime-node`
 * itself requires `onnxruntime-common`.
 */
export class OnnxRuntimeInstrumentation extends InstrumentationBase<OnnxRuntimeInstrumentationConfig> {
  // The base constructor calls methods below before fields exist, so none has an initialiser, and
  // methods are not #private, which come to exist only after it.
  declare private output: Output | undefined;
  declare private calls: SessionCalls;
  declare private pipelines: PipelineCalls;
  declare private meterProviders: ProviderWatch<MeterProvider>;
  /** The provider whose readers publish our own histograms; `undefined` while not yet known. */
  declare private producerProvider: MeterProvider | undefined;

  constructor(config: OnnxRuntimeInstrumentationConfig = {}) {
    super(PACKAGE_NAME, PACKAGE_VERSION, config);
  }

  protected override init(): InstrumentationNodeModuleDefinition[] {
    const patch = (exports: unknown, version?: string): unknown => {
      this.instrument(exports, version);
      return exports;
    };
    const patchTransformers = (exports: unknown): unknown => {
      this.instrumentTransformers(exports);
      return exports;
    };
    return [
      ...MODULES.map((name) => new InstrumentationNodeModuleDefinition(name, ['*'], patch)),
      new InstrumentationNodeModuleDefinition(TRANSFORMERS, ['*'], patchTransformers),
    ];
  }

  /**
   * Watches a copy of ONNX Runtime that was loaded before this instrumentation, or that the hooks
   * cannot see. However often a copy is given, each call is observed once. Never throws.
   */
  instrument(runtime: unknown, version?: string): void {
    if (version !== undefined && !SUPPORTED_VERSION.test(version)) {
      this._diag.warn(`ONNX Runtime ${version} is not watched: expected >=1.14.0 <2`);
      return;
    }
    try {
      const copy = patchRuntime(unwrapNamespace(runtime), version, this.calls);
      if (copy === undefined) {
        this._diag.warn('ONNX Runtime is not watched: its InferenceSession was not recognized');
      }
    } catch (error) {
      this.output?.fault('patch', error);
    }
  }

  /**
   * Puts a span around each call of the pipelines of a copy of transformers.js, above the runs that
   * it makes. Needed only where no hook sees the module: in an ECMAScript module on a Node.js
   * without hooks for `import`, or behind a bundler. However often it is given, each call has one
   * span. Never throws.
   */
  instrumentTransformers(transformers: unknown): void {
    try {
      if (patchPipelines(transformers, this.pipelines) === 0) {
        this._diag.warn('Pipelines of transformers.js are not watched: none was recognized');
      }
    } catch (error) {
      this.output?.fault('patch', error);
    }
  }

  /**
   * A source of the histograms of runs for one metric reader (its `metricProducers` option). From
   * then on runs are not recorded in the histograms of the SDK, whose `record` costs more than all
   * the rest of our work on a run. So give one to every reader of the provider, or to none.
   */
  createMetricProducer(temporality: Temporality = 'cumulative'): MetricProducer {
    const output = this.requireOutput();
    output.recordsRunsInSdk = false;
    const current = metrics.getMeterProvider();
    this.producerProvider = isNoop(current) ? undefined : current;
    const scope = {
      name: this.instrumentationName,
      version: this.instrumentationVersion,
      schemaUrl: SCHEMA_URL,
    };
    return createRunMetricProducer(output.models, scope, temporality);
  }

  /** Every model that was loaded so far, as it stands now. */
  describeModels(): readonly ModelStatus[] {
    return [...this.requireOutput().models].map(describeModel);
  }

  /**
   * Tells which operators of a model take its time, from a second session of the model's file that
   * replays the next few feeds of the application and is then released. Resolves within about 15
   * seconds; never rejects.
   */
  profileOperators(request: OperatorProfileRequest): Promise<OperatorProfileResult> {
    return profileOnDemand(request, this.requireOutput());
  }

  /** Ends the aggregate spans that are still open. Call it before spans are flushed. */
  endOpenSpans(): void {
    this.output?.limiter.endOpen();
  }

  /** Emits the summaries of the runs since the last ones. Call it before logs are flushed. */
  summarizeRuns(): void {
    this.output?.summaries.emit();
  }

  override setConfig(config: OnnxRuntimeInstrumentationConfig = {}): void {
    super.setConfig(config);
    this.output?.configure(this.getConfig());
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(tracersWithSchema(provider));
    this.requireOutput().tracer = this.tracer;
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(metersWithSchema(provider));
  }

  override setLoggerProvider(provider: LoggerProvider): void {
    super.setLoggerProvider(loggersWithSchema(provider));
    this.requireOutput().logger = this.logger;
  }

  /** Runs three times and more: at construction and whenever the meter provider changes. */
  protected override _updateMetricInstruments(): void {
    if (this.output === undefined) this.requireOutput();
    else this.output.bindMeter(this.meter);
  }

  private requireOutput(): Output {
    if (this.output !== undefined) return this.output;
    this.meterProviders = new ProviderWatch(
      () => metrics.getMeterProvider(),
      metrics.getMeterProvider(),
    );
    const output = new Output({
      meter: this.meter,
      tracer: this.tracer,
      logger: this.logger,
      diag: diag.createComponentLogger({ namespace: PACKAGE_NAME }),
      config: this.getConfig(),
    });
    this.output = output;
    const watched = {
      output,
      isEnabled: () => this.isEnabled(),
      rebind: () => this.rebind(),
    };
    this.calls = new SessionCalls(watched);
    this.pipelines = new PipelineCalls(watched);
    return output;
  }

  /**
   * Follows the global providers. Metrics have no proxy in the API, so instruments made before an
   * SDK started are dead forever; asking here makes every start-up order work. 8 ns a run.
   */
  private rebind(): void {
    const provider = this.meterProviders.changed();
    if (provider === undefined) return;
    this.setMeterProvider(provider);
    this.setTracerProvider(trace.getTracerProvider());
    this.setLoggerProvider(logs.getLoggerProvider());
    const output = this.requireOutput();
    if (output.recordsRunsInSdk) return;
    // The first provider after the producers were made is theirs; another one knows nothing of them.
    this.producerProvider ??= provider;
    output.recordsRunsInSdk = this.producerProvider !== provider;
  }
}

function isNoop(provider: MeterProvider): boolean {
  return provider.constructor.name === NOOP_PROVIDER;
}

function unwrapNamespace(exports: unknown): RuntimeModule {
  const module = exports as { default?: RuntimeModule; [Symbol.toStringTag]?: string };
  const isNamespace = module[Symbol.toStringTag] === 'Module' && module.default !== undefined;
  return isNamespace ? (module.default as RuntimeModule) : (exports as RuntimeModule);
}
