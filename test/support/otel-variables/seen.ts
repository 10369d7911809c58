import { decodeProtobuf } from '../otlp-schema.ts';
import type { ProbeRequest, Signal } from './probe-sink.ts';

/** OTLP/JSON as far as it is looked at; everything may be absent. */
interface Node {
  readonly [key: string]: unknown;
}

const nodes = (value: unknown): readonly Node[] => (value ?? []) as readonly Node[];

/** What one run of the probe left behind. */
export interface SeenRun {
  readonly requests: readonly ProbeRequest[];
  readonly stdout: string;
  /** What the probe printed about itself. */
  readonly told: { readonly carrier?: readonly string[]; readonly page?: number };
}

export const requestsOf = ({ requests }: SeenRun, signal: Signal): readonly ProbeRequest[] =>
  requests.filter((one) => one.signal === signal);

const MESSAGES = {
  traces: ['TraceRequest', 'resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['MetricsRequest', 'resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['LogsRequest', 'resourceLogs', 'scopeLogs', 'logRecords'],
} as const;

type Known = keyof typeof MESSAGES;

/** What a request holds: spans, metrics or log records, with the name of their scope. */
export function itemsIn(request: ProbeRequest, signal: Known): readonly Node[] {
  const [message, groups, scopes, items] = MESSAGES[signal];
  return nodes(parse(request, message)[groups]).flatMap((group) =>
    nodes(group[scopes]).flatMap((scope) =>
      nodes(scope[items]).map((item) => ({
        ...item,
        scope: String(((scope['scope'] ?? {}) as Node)['name']),
      })),
    ),
  );
}

export const itemsOf = (run: SeenRun, signal: Known): readonly Node[] =>
  requestsOf(run, signal).flatMap((request) => itemsIn(request, signal));

/** Those that the probe made, by name. */
export const named = (run: SeenRun, signal: Known, name: string): Node =>
  itemsOf(run, signal).find((item) => item['name'] === name) ?? {};

export function resourceOf(
  run: SeenRun,
  signal: Known = 'traces',
): Readonly<Record<string, unknown>> {
  const [first] = requestsOf(run, signal);
  if (first === undefined) return {};
  const [message, groups] = MESSAGES[signal];
  const [group] = nodes(parse(first, message)[groups]);
  return attributesOf((group?.['resource'] ?? {}) as Node);
}

/** Attributes by name, each value as OTLP/JSON has it. */
export function attributesOf(item: Node): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    nodes(item['attributes']).map(({ key, value }) => [
      String(key),
      Object.values(value as Node)[0],
    ]),
  );
}

export const childrenOf = (item: Node, name: string): readonly Node[] => nodes(item[name]);

/** Characters of the longest attribute. */
export const longest = (item: Node): number =>
  Math.max(0, ...Object.values(attributesOf(item)).map((value) => String(value).length));

export const count = (item: Node): number => Object.keys(attributesOf(item)).length;

function parse(
  { contentType, body }: ProbeRequest,
  message: 'TraceRequest' | 'MetricsRequest' | 'LogsRequest',
): Node {
  if (contentType.includes('json')) return JSON.parse(body.toString('utf8')) as Node;
  return decodeProtobuf(message, body) as Node;
}
