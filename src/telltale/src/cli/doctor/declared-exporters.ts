import type { Signal } from '../../export/delivery.ts';

/** An exporter that a declarative configuration names. */
export interface DeclaredExporter {
  readonly signal: Signal;
  /** Such as `otlp_http`, `console` or `prometheus/development`. */
  readonly kind: string;
  /** Where it sends to; absent where it sends nowhere or to its default. */
  readonly endpoint?: string;
}

/** Where OTLP goes when a file names no address, by the kind of exporter. */
const DEFAULTS: Readonly<Record<string, string>> = {
  otlp_http: 'http://localhost:4318',
  otlp_grpc: 'http://localhost:4317',
};

const PLACES: readonly (readonly [signal: Signal, provider: string, list: string])[] = [
  ['traces', 'tracer_provider', 'processors'],
  ['metrics', 'meter_provider', 'readers'],
  ['logs', 'logger_provider', 'processors'],
];

/** Exporters of all signals, in the order of the file. Takes any content. */
export function declaredExporters(
  content: Readonly<Record<string, unknown>>,
): readonly DeclaredExporter[] {
  return PLACES.flatMap(([signal, provider, list]) => {
    const entries = fieldsOf(content[provider])[list];
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry) =>
      Object.values(fieldsOf(entry)).flatMap((properties) => exporterOf(signal, properties)),
    );
  });
}

function exporterOf(signal: Signal, properties: unknown): readonly DeclaredExporter[] {
  return Object.entries(fieldsOf(fieldsOf(properties)['exporter'])).map(([kind, options]) => {
    const given = fieldsOf(options)['endpoint'];
    const endpoint = typeof given === 'string' && given !== '' ? given : DEFAULTS[kind];
    return { signal, kind, ...(endpoint === undefined ? {} : { endpoint }) };
  });
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
