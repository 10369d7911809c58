import { SpanLog } from './span-log.ts';

/** What this package needs of a span of the SDK, whichever version made it. */
interface SdkSpan {
  readonly name: string;
  spanContext(): { readonly traceId: string; readonly spanId: string };
  setAttribute(name: string, value: string): unknown;
  readonly parentSpanContext?: { readonly isRemote?: boolean } | undefined;
}

/** Tells Grafana's "Trace to profiles" that a profile may hold this root span. */
const PROFILE_ID = 'pyroscope.profile.id';

/**
 * A span processor that notes when spans run and exports nothing. Root spans get the attribute
 * `pyroscope.profile.id`.
 */
export class ProfiledSpans {
  readonly log: SpanLog = new SpanLog();
  #watchers = 0;

  /** Notes spans from now on, until the returned function is called. Otherwise it costs nothing. */
  watch(): () => void {
    this.#watchers += 1;
    let isWatching = true;
    return () => {
      if (isWatching) this.#watchers -= 1;
      isWatching = false;
    };
  }

  onStart(span: SdkSpan): void {
    if (this.#watchers === 0) return;
    const parent = span.parentSpanContext;
    if (parent === undefined || parent.isRemote === true) {
      span.setAttribute(PROFILE_ID, span.spanContext().spanId);
    }
    this.log.start(span);
  }

  onEnd(span: Pick<SdkSpan, 'name' | 'spanContext'>): void {
    if (this.#watchers === 0 && this.log.isEmpty) return;
    this.log.end(span);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
