import {
  type Context,
  type Span,
  type SpanOptions,
  type Tracer,
  type TracerOptions,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';

/**
 * A tracer provider whose tracers move on with the global provider. Applications fetch a tracer
 * once, at load; without this one fetched before they start their own SDK would stay with ours.
 */
export class YieldingTracerProvider implements TracerProvider {
  #current: TracerProvider;

  constructor(ours: TracerProvider) {
    this.#current = ours;
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    return new YieldingTracer(() => this.#current, { name, version, options });
  }

  /** From now on everything goes to the global provider of another tool. Returns ours. */
  yield(): TracerProvider {
    const ours = this.#current;
    this.#current = trace.getTracerProvider();
    return ours;
  }

  async forceFlush(): Promise<void> {
    await (this.#current as { forceFlush?(): Promise<void> }).forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await (this.#current as { shutdown?(): Promise<void> }).shutdown?.();
  }
}

interface Scope {
  readonly name: string;
  readonly version: string | undefined;
  readonly options: TracerOptions | undefined;
}

class YieldingTracer implements Tracer {
  readonly #provider: () => TracerProvider;
  readonly #scope: Scope;
  #tracer: Tracer;
  #from: TracerProvider;

  constructor(provider: () => TracerProvider, scope: Scope) {
    this.#provider = provider;
    this.#scope = scope;
    this.#from = provider();
    this.#tracer = this.#fetch();
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    return this.#bound().startSpan(name, options, context);
  }

  startActiveSpan<F extends (span: Span) => unknown>(...args: unknown[]): ReturnType<F> {
    const tracer = this.#bound() as unknown as {
      startActiveSpan(...inner: unknown[]): ReturnType<F>;
    };
    return tracer.startActiveSpan(...args);
  }

  #bound(): Tracer {
    const provider = this.#provider();
    if (provider !== this.#from) {
      this.#from = provider;
      this.#tracer = this.#fetch();
    }
    return this.#tracer;
  }

  #fetch(): Tracer {
    const { name, version, options } = this.#scope;
    return this.#from.getTracer(name, version, options);
  }
}
