import { CERTIFICATES } from '../../notify/certificates.ts';
import type { SinkOptions } from '../probe-sink.ts';
import {
  childrenOf,
  itemsIn,
  itemsOf,
  named,
  requestsOf,
  resourceOf,
  type SeenRun,
} from '../seen.ts';

export type Env = Readonly<Record<string, string>>;

/** What a variable did: read from a run, and compared between runs. */
export type Fact = (run: SeenRun) => unknown;

/** Several variables that are tried at once, because they do not touch each other. */
export interface Scenario {
  readonly name: string;
  /** Set in the run without the variables too. */
  readonly base?: Env;
  readonly variables: Env;
  readonly sink?: SinkOptions;
  /** By variable, what shows its effect. */
  readonly facts: Readonly<Record<string, Fact>>;
  /** By variable that differs: what is seen with upstream's SDK and with ours. */
  readonly differing?: Readonly<
    Record<string, { readonly upstream: unknown; readonly ours: unknown }>
  >;
  /** Files that the probe finds in its folder. */
  readonly files?: Readonly<Record<string, string>>;
}

export const TO_SINK: Env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://{sink}' };

export const SIGNALS = ['traces', 'metrics', 'logs'] as const;

/** The facts of a variable for all signals and of one for each, by one projection. */
export function bySignal(
  name: string,
  project: (run: SeenRun, signal: (typeof SIGNALS)[number]) => unknown,
): Record<string, Fact> {
  const own = SIGNALS.map((signal): [string, Fact] => [
    `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`,
    (run) => project(run, signal),
  ]);
  return Object.fromEntries(own);
}

export const forAll = (
  name: string,
  project: (run: SeenRun, signal: (typeof SIGNALS)[number]) => unknown,
): Record<string, Fact> => ({
  [`OTEL_EXPORTER_OTLP_${name}`]: (run) => SIGNALS.map((signal) => project(run, signal)),
});

export const ofEach = (
  name: string,
  values: Readonly<Record<(typeof SIGNALS)[number], string>>,
): Env =>
  Object.fromEntries(
    SIGNALS.map((signal) => [`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`, values[signal]]),
  );

export const alike = (value: string): Readonly<Record<(typeof SIGNALS)[number], string>> => ({
  traces: value,
  metrics: value,
  logs: value,
});

export const spanNames: Fact = (run) =>
  itemsOf(run, 'traces')
    .map(({ name }) => String(name))
    .filter((name) => /^(?:early|late)/u.test(name))
    .toSorted();
export const firstLog = (run: SeenRun): Readonly<Record<string, unknown>> =>
  itemsOf(run, 'logs')[0] ?? {};
export const wide = (run: SeenRun): Readonly<Record<string, unknown>> =>
  named(run, 'traces', 'wide');
export const firstOf = (run: SeenRun, name: string): Readonly<Record<string, unknown>> =>
  childrenOf(wide(run), name)[0] ?? {};
export const largest = (run: SeenRun, signal: 'traces' | 'logs'): number =>
  Math.max(0, ...requestsOf(run, signal).map((request) => itemsIn(request, signal).length));
export const paths = (run: SeenRun, signal: (typeof SIGNALS)[number]): readonly string[] => [
  ...new Set(requestsOf(run, signal).map(({ path }) => path)),
];
export const hasArrived = (run: SeenRun, signal: (typeof SIGNALS)[number]): boolean =>
  requestsOf(run, signal).length > 0;
export const attributeWith =
  (prefix: RegExp): Fact =>
  (run) =>
    Object.fromEntries(Object.entries(resourceOf(run)).filter(([name]) => prefix.test(name)));
export const serverSpan = (run: SeenRun): Readonly<Record<string, unknown>> =>
  itemsOf(run, 'traces').find(({ kind }) => Number(kind) === 2 || kind === 'SPAN_KIND_SERVER') ??
  {};
export const httpSpans: Fact = (run) =>
  itemsOf(run, 'traces').filter(({ scope }) => scope === '@opentelemetry/instrumentation-http')
    .length;

export const LIVE = { ...TO_SINK, PROBE_LIVE_MS: '1500' };
export const CERTIFICATE_FILES = {
  'ca.pem': CERTIFICATES.ca,
  'client.pem': CERTIFICATES.client.cert,
  'client.key.pem': CERTIFICATES.client.key,
};

export function headersOf(run: SeenRun, signal: (typeof SIGNALS)[number]): readonly unknown[] {
  const { headers = {} } = requestsOf(run, signal)[0] ?? {};
  return [headers['x-a'], headers['x-b']];
}

export function clientOf(run: SeenRun, signal: (typeof SIGNALS)[number]): string | undefined {
  return requestsOf(run, signal)[0]?.client;
}
