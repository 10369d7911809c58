import { diag, logs, metrics, type ProxyTracerProvider, trace } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { startNodeSdk } from '@opentelemetry/sdk-node';

import { readDeclaredFile } from '../config/file/declared-file.ts';
import type { Config } from '../config.ts';
import { report } from '../diagnostics.ts';
import { createLineProcessors } from '../logs/line-processors.ts';
import { LogMasking } from '../masking/signals/log-masking.ts';
import {
  addLogProcessors,
  maskLogs,
  maskMetrics,
  maskTraces,
  metricReaders,
} from '../masking/signals/mask-providers.ts';
import { nameAsDocumented } from '../page/declared-page.ts';
import { createResource } from './environment/resource.ts';

/**
 * Starts the SDK that `OTEL_CONFIG_FILE` declares. The instrumentations are bound afterwards:
 * `startNodeSdk` binds them before its meter provider exists, and their metrics would be lost.
 */
export function startDeclaredSdk(
  config: Config,
  instrumentations: readonly Instrumentation[],
): { shutdown(): Promise<void> } {
  const file = readDeclaredFile(config.text('OTEL_CONFIG_FILE') ?? '', process.cwd());
  const sdk = 'problem' in file ? NOTHING : startQuietly();
  maskDeclared();
  for (const reader of metricReaders(metrics.getMeterProvider()) ?? []) nameAsDocumented(reader);
  writeLines(config);
  registerInstrumentations({ instrumentations: [...instrumentations] });
  return sdk;
}

/** A file that cannot be read was reported with the other problems of the configuration. */
const NOTHING = { shutdown: (): Promise<void> => Promise.resolve() };

/** The SDK sets a logger of its own, and for one that was there before it prints a stack. */
function startQuietly(): ReturnType<typeof startNodeSdk> {
  diag.disable();
  return startNodeSdk({});
}

/** Lines of logs are ours to write, whatever the file declares for its own exporters. */
function writeLines(config: Config): void {
  const lines = createLineProcessors(config);
  if (lines.length === 0 || addLogProcessors(logs.getLoggerProvider(), lines)) return;
  const processors = [new LogMasking(), ...lines];
  logs.setGlobalLoggerProvider(
    new LoggerProvider({ resource: createResource(config), processors }),
  );
}

/** What the application records must be masked here too, though the file declares the exporters. */
function maskDeclared(): void {
  const masked = {
    traces: maskTraces((trace.getTracerProvider() as ProxyTracerProvider).getDelegate()),
    metrics: maskMetrics(metrics.getMeterProvider()),
    logs: maskLogs(logs.getLoggerProvider()),
  };
  const unmasked = Object.entries(masked).flatMap(([signal, isMasked]) => (isMasked ? [] : signal));
  if (unmasked.length === 0) return;
  report(
    'masking',
    `Cannot mask secrets in ${unmasked.join(', ')} of the declared OpenTelemetry SDK`,
  );
}
