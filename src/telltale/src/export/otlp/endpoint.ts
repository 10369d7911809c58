import type { Config } from '../../config.ts';
import { report } from '../../diagnostics.ts';
import type { Signal } from '../delivery.ts';

/** Where the alert service listens on this host. Nothing leaves the host unless asked for. */
const ALERT_SERVICE: string = 'http://127.0.0.1:4328';
/** OpenTelemetry's own defaults, for who asks for `otlp` by name and gives no address. */
const OTEL_COLLECTOR: string = 'http://localhost:4318';
const OTEL_COLLECTOR_GRPC: string = 'http://localhost:4317';
/** An address of gRPC as `host:port`, which upstream takes too. */
const BARE_ADDRESS = /^[\w.-]+:\d{1,5}$/u;

export interface Endpoint {
  readonly url: string;
  /** False for the default address: then a refused connection is normal. */
  readonly isConfigured: boolean;
}

export type Protocol = 'http/protobuf' | 'http/json' | 'grpc';

/** The protocol of a signal. Metrics default to JSON, because only there exemplars travel. */
export function protocolOf(signal: Signal, config: Config): Protocol {
  const own = config.text(`export.${signal}_protocol`);
  const isShared = config.isSet('export.protocol');
  const shared = isShared ? config.text('export.protocol') : undefined;
  const fallback = signal === 'metrics' ? 'http/json' : 'http/protobuf';
  return (own ?? shared ?? fallback) as Protocol;
}

/**
 * Where a signal goes, or `undefined` for nowhere. Metrics and logs default to the alert service on
 * this host; traces, which say more, are only sent where the user asked for it.
 */
export function endpointOf(signal: Signal, config: Config): Endpoint | undefined {
  const isGrpc = protocolOf(signal, config) === 'grpc';
  const own = config.text(`export.${signal}_endpoint`);
  if (own !== undefined && isAddress(own, { signal, isGrpc })) {
    return { url: withScheme(own, signal, config), isConfigured: true };
  }
  const shared = config.text('export.endpoint');
  if (shared !== undefined && isAddress(shared, { signal, isGrpc })) {
    const url = isGrpc ? withScheme(shared, signal, config) : signalUrl(shared.trim(), signal);
    return { url, isConfigured: true };
  }
  if (config.list(`export.${signal}`).includes('otlp')) {
    const url = isGrpc ? OTEL_COLLECTOR_GRPC : signalUrl(OTEL_COLLECTOR, signal);
    return { url, isConfigured: true };
  }
  if (signal === 'traces') return undefined;
  // The alert service speaks no gRPC: who asks for it means an OpenTelemetry Collector.
  if (isGrpc) return { url: OTEL_COLLECTOR_GRPC, isConfigured: false };
  return { url: signalUrl(ALERT_SERVICE, signal), isConfigured: false };
}

const signalUrl = (base: string, signal: Signal): string =>
  `${base.endsWith('/') ? base : `${base}/`}v1/${signal}`;

/** An address without scheme, which only gRPC takes, is encrypted unless configured otherwise. */
function withScheme(address: string, signal: Signal, config: Config): string {
  const text = address.trim();
  if (!BARE_ADDRESS.test(text)) return text;
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_INSECURE`;
  const isInsecure = config.flag(config.isSet(own) ? own : 'OTEL_EXPORTER_OTLP_INSECURE');
  return `${isInsecure ? 'http' : 'https'}://${text}`;
}

function isAddress(
  text: string,
  { signal, isGrpc }: { readonly signal: Signal; readonly isGrpc: boolean },
): boolean {
  if (isGrpc && BARE_ADDRESS.test(text.trim())) return true;
  try {
    if (/^https?:$/u.test(new URL(text).protocol)) return true;
  } catch {
    // Told below.
  }
  const wanted = isGrpc
    ? 'a URL such as "http://127.0.0.1:4317", or host:port'
    : 'a URL such as "http://127.0.0.1:4318"';
  report(`endpoint ${signal}`, `Cannot use the OTLP address of ${signal}: expected ${wanted}`);
  return false;
}
