import type { Instrumentation } from '@opentelemetry/instrumentation';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { startNodeSdk } from '@opentelemetry/sdk-node';

/**
 * Starts the SDK that `OTEL_CONFIG_FILE` declares. The instrumentations are bound afterwards:
 * `startNodeSdk` binds them before its meter provider exists, and their metrics would be lost.
 */
export function startDeclaredSdk(instrumentations: readonly Instrumentation[]): {
  shutdown(): Promise<void>;
} {
  const sdk = startNodeSdk({});
  registerInstrumentations({ instrumentations: [...instrumentations] });
  return sdk;
}
