import {
  type AttributeValue,
  SPAN_KIND_INTERNAL,
  SPAN_KIND_SERVER,
  type SpanRecord,
} from './otlp-decode.ts';

const KIND_NAMES: Readonly<Record<number, string>> = {
  [SPAN_KIND_INTERNAL]: 'internal',
  [SPAN_KIND_SERVER]: 'server',
};

/** How a line of the tree may be set off: the spans themselves or what is known about them. */
export interface TreeLine {
  readonly kind: 'span' | 'attribute';
  readonly text: string;
}

/**
 * Draws one trace: a span below the span that caused it, its attributes below its name.
 *
 * A span whose parent is missing is drawn at the top.
 *
 * @param attributes the attribute names to show, in this order; a missing one is left out.
 */
export function traceTree(spans: readonly SpanRecord[], attributes: readonly string[]): TreeLine[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const tops = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
  const draw = (span: SpanRecord, first: string, rest: string): TreeLine[] => {
    const children = spans.filter(({ parentSpanId }) => parentSpanId === span.spanId);
    const own = attributeLines(span, attributes);
    const gap = `${rest}${children.length > 0 ? '│  ' : '   '}`;
    return [
      { kind: 'span', text: `${first}${title(span)}` },
      ...own.map((text): TreeLine => ({ kind: 'attribute', text: `${gap}${text}` })),
      ...children.flatMap((child, index) => {
        const isLast = index === children.length - 1;
        return draw(child, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`);
      }),
    ];
  };
  return tops.flatMap((top) => draw(top, '', ''));
}

function title(span: SpanRecord): string {
  // HTTP spans are named by method only; the path tells the reader which request it was.
  const path = span.attributes['url.path'];
  const name =
    typeof path === 'string' && !span.name.includes(path) ? `${span.name} ${path}` : span.name;
  return `${name}  ${span.durationMs.toFixed(2)} ms  ${KIND_NAMES[span.kind] ?? 'client'}`;
}

function attributeLines(span: SpanRecord, names: readonly string[]): string[] {
  const present = names.filter((name) => span.attributes[name] !== undefined);
  const width = Math.max(...present.map((name) => name.length), 0);
  return present.map((name) => `${name.padEnd(width)}  ${format(span.attributes[name])}`);
}

function format(value: AttributeValue | undefined): string {
  if (Array.isArray(value)) return value.map(format).join(', ');
  const isFraction = typeof value === 'number' && !Number.isInteger(value);
  return isFraction ? String(Number(value.toPrecision(3))) : String(value);
}
