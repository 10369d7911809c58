import type { SpanInterval } from './span-interval.ts';

/** Spans that are kept: the newest ones, whatever the traffic. */
const SPANS_MAX = 10_000;

const nowMicros = (): number => Number(process.hrtime.bigint() / 1000n);

export interface AnySpan {
  readonly name: string;
  spanContext(): { readonly traceId: string; readonly spanId: string };
  addEvent?(name: string, attributes: Readonly<Record<string, string | number>>): unknown;
}

/** Remembers when the newest spans ran, so that samples of a profile find theirs. Has a bound. */
export class SpanLog {
  readonly #ended: SpanInterval[] = [];
  readonly #open = new Map<AnySpan, number>();
  #next = 0;

  /** No span is open. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** Spans that run now, the innermost last. */
  get open(): readonly AnySpan[] {
    return [...this.#open.keys()];
  }

  start(span: AnySpan): void {
    if (this.#open.size < SPANS_MAX) this.#open.set(span, nowMicros());
  }

  end(span: AnySpan): void {
    const startMicros = this.#open.get(span);
    if (startMicros === undefined) return;
    this.#open.delete(span);
    const { traceId, spanId } = span.spanContext();
    this.#ended[this.#next] = {
      name: span.name,
      traceId,
      spanId,
      startMicros,
      endMicros: nowMicros(),
    };
    this.#next = (this.#next + 1) % SPANS_MAX;
  }

  /** Spans that ran at some time between two times, those that still run among them. */
  between(startMicros: number, endMicros: number): readonly SpanInterval[] {
    const open = [...this.#open].flatMap(([span, since]): SpanInterval[] => {
      const { traceId, spanId } = span.spanContext();
      return [{ name: span.name, traceId, spanId, startMicros: since, endMicros }];
    });
    return [...this.#ended, ...open].filter(
      (span) => span.startMicros <= endMicros && span.endMicros >= startMicros,
    );
  }
}
