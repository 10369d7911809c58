import type { Attributes, Span } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

import { countError } from '../../self-metrics.ts';
import { maskedAttributes } from '../masked-attributes.ts';
import { maskText } from '../secret-text.ts';

/** Spans of ours hold names, numbers and shapes only, and many of them are made. */
const OURS = '@telltale/instrumentation-onnxruntime';

/** What a span of the OpenTelemetry SDK is made of, as far as secrets may be in it. */
interface SdkSpan extends Span {
  name: string;
  attributes: Attributes;
  status: { code: number; message?: string };
  readonly instrumentationScope?: { readonly name: string };
  readonly events: { attributes?: Attributes }[];
  readonly links: { attributes?: Attributes }[];
}

/**
 * Masks secrets in every span just before it ends, the last moment at which it can be changed. It
 * may stand anywhere among the processors: all hear of the end of a span after this.
 */
export class SpanMasking implements SpanProcessor {
  onStart(): void {}

  onEnding(span: Span): void {
    const { instrumentationScope } = span as SdkSpan;
    if (instrumentationScope?.name === OURS) return;
    try {
      mask(span as SdkSpan);
    } catch {
      countError('traces', 'masking');
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

function mask(span: SdkSpan): void {
  const name = maskText(span.name);
  if (name !== span.name) span.updateName(name);
  const attributes = maskedAttributes(span.attributes);
  if (attributes !== span.attributes) span.setAttributes(attributes);
  const { message } = span.status;
  if (message !== undefined) span.status = { ...span.status, message: maskText(message) };
  for (const part of [...span.events, ...span.links]) {
    if (part.attributes !== undefined) part.attributes = maskedAttributes(part.attributes);
  }
}
