import type { SpanProcessor } from '@opentelemetry/sdk-trace';

/**
 * Does nothing. `NodeSDK` starts no tracer provider without a processor, and without one logs and
 * exemplars have no trace ids.
 */
export class IdleSpanProcessor implements SpanProcessor {
  onStart(): void {}

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
