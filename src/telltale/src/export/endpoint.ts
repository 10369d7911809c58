import type { Config } from '../config.ts';
import { report } from '../diagnostics.ts';
import type { Signal } from './otlp-exporter.ts';

/** Where the alert service listens on this host. Nothing leaves the host unless asked for. */
const ALERT_SERVICE: string = 'http://127.0.0.1:4328';
/** OpenTelemetry's own default, for who asks for `otlp` by name and gives no address. */
const OTEL_COLLECTOR: string = 'http://localhost:4318';

export interface Endpoint {
  readonly url: string;
  /** False when nobody named it: then a refused connection is normal. */
  readonly isConfigured: boolean;
}

/**
 * Where a signal goes, or `undefined` for nowhere. Metrics and logs default to the alert service on
 * this host; traces, which say more, are only sent where the user asked for it.
 */
export function endpointOf(signal: Signal, config: Config): Endpoint | undefined {
  const own = config.text(`export.${signal}_endpoint`);
  if (own !== undefined && isHttpUrl(own, signal)) return { url: own, isConfigured: true };
  const shared = config.text('export.endpoint');
  if (shared !== undefined && isHttpUrl(shared, signal)) {
    return { url: signalUrl(shared, signal), isConfigured: true };
  }
  if (config.list(`export.${signal}`).includes('otlp')) {
    return { url: signalUrl(OTEL_COLLECTOR, signal), isConfigured: true };
  }
  if (signal === 'traces') return undefined;
  return { url: signalUrl(ALERT_SERVICE, signal), isConfigured: false };
}

const signalUrl = (base: string, signal: Signal): string =>
  `${base.endsWith('/') ? base : `${base}/`}v1/${signal}`;

function isHttpUrl(text: string, signal: Signal): boolean {
  try {
    if (/^https?:$/u.test(new URL(text).protocol)) return true;
  } catch {
    // Told below.
  }
  report(
    `endpoint ${signal}`,
    `Cannot use the OTLP address of ${signal}: expected a URL such as "http://127.0.0.1:4318"`,
  );
  return false;
}
