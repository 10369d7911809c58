import { setImmediate as nextTurn } from 'node:timers/promises';

import { sha256 } from '@telltale/instrument';
import { serializeBaseline } from '@telltale/statistics';

import type { DriftMonitor, StreamSelector } from '../monitor/drift-monitor.ts';
import { modelPerformance, type PerformanceOptions } from '../publish/model-performance.ts';
import { streamStatus } from '../stream/status.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import type { StreamStatus } from '../stream/stream-status.ts';
import { plotCurve } from './plot/curve.ts';
import { plotPanels } from './plot/panels.ts';
import { plotSummary } from './plot/summary.ts';
import { plotStream } from './plot/svg.ts';
import { windowBaseline } from './window-baseline.ts';

/** A request as plain data. */
export interface DriftRequest {
  readonly method: string;
  /** Path without the query, not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
}

export interface DriftResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One path and what answers it. */
export interface DriftRoute {
  readonly method: 'GET' | 'POST';
  /** An exact path; with a trailing `/*` also everything below it. */
  readonly path: string;
  readonly access: 'key';
  readonly handle: (request: DriftRequest) => DriftResponse | Promise<DriftResponse>;
}

const BASE = '/monitoring/drift';
const NAME_SHOWN_MAX = 200;

const json = (status: number, value: unknown): DriftResponse => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: `${JSON.stringify(value)}\n`,
});

const failure = (status: number, code: string, message: string): DriftResponse =>
  json(status, { error: { code, message } });

/**
 * What a monitoring server answers about drift: status of all streams or one, baseline, plot, and
 * the three actions. Streams of one name in several models are told apart by `?model=`,
 * `?version=`, `?direction=`, `?segment=` and `?season=`.
 */
export function driftRoutes(
  monitor: DriftMonitor,
  options: PerformanceOptions = {},
): readonly DriftRoute[] {
  const post = (
    action: string,
    handle: (body: ActionBody) => Promise<DriftResponse>,
  ): DriftRoute => ({
    method: 'POST',
    path: `${BASE}/${action}`,
    access: 'key',
    handle: ({ body }) => {
      const parsed = parseAction(body);
      return typeof parsed === 'string' ? failure(400, 'invalid_body', parsed) : handle(parsed);
    },
  });
  return [
    {
      method: 'GET',
      path: BASE,
      access: 'key',
      handle: (request) => all(monitor, request, options),
    },
    { method: 'GET', path: `${BASE}/*`, access: 'key', handle: (request) => one(monitor, request) },
    post('reset', (body) =>
      act(monitor, body, (stream) => monitor.reset({ stream, ...keepBaseline(body) })),
    ),
    post('rebaseline', (body) => act(monitor, body, (stream) => monitor.rebaseline({ stream }))),
    post('acknowledge', (body) => acknowledge(monitor, body)),
  ];
}

/** Work between two turns of the event loop: a status takes most of a millisecond. */
const SLICE_MS = 10;

/** The status of each stream, computed a little at a time. */
async function statusOf(streams: readonly StreamMonitor[]): Promise<readonly StreamStatus[]> {
  const found: StreamStatus[] = [];
  let pauseMs = performance.now() + SLICE_MS;
  for (const stream of streams) {
    found.push(streamStatus(stream));
    if (performance.now() < pauseMs) continue;
    await nextTurn();
    pauseMs = performance.now() + SLICE_MS;
  }
  return found;
}

async function all(
  monitor: DriftMonitor,
  { query }: DriftRequest,
  options: PerformanceOptions,
): Promise<DriftResponse> {
  const state = query.get('state');
  const wanted = monitor
    .select(selectorOf(query))
    .filter((stream) => state === null || stream.state === state);
  const streams = await statusOf(wanted);
  const model = query.get('model');
  const estimates = modelPerformance(monitor, options).filter(
    (one) => model === null || one.model === model,
  );
  const { overflowed, failures } = monitor;
  const compounds = monitor.compounds();
  return json(200, { streams, compounds, performance: estimates, overflowed, failures });
}

/** `/{stream}`, `/{stream}/baseline`, `/{stream}/window` in the form of a baseline, `/{stream}/plot.svg` and its numbers, `/{stream}/plot.json`. */
function one(monitor: DriftMonitor, request: DriftRequest): DriftResponse {
  const rest = request.path.slice(BASE.length + 1);
  const [, encoded = '', view = ''] =
    /^([^/]*)(?:\/(baseline|window|plot\.svg|plot\.json))?$/u.exec(rest) ?? [];
  const name = decode(encoded);
  const found = name === undefined ? [] : monitor.select({ ...selectorOf(request.query), name });
  const [stream] = found;
  if (stream === undefined) {
    const shown = (name ?? rest).slice(0, NAME_SHOWN_MAX);
    return failure(404, 'unknown_stream', `Cannot find the stream "${shown}"`);
  }
  if (view === '') {
    return json(
      200,
      found.length === 1 ? streamStatus(stream) : { streams: found.map(streamStatus) },
    );
  }
  if (found.length > 1) {
    const message =
      'Cannot tell which stream is meant: give model, version, direction, segment or season';
    return failure(409, 'ambiguous_stream', message);
  }
  if (view === 'window') return windowOf(stream);
  return view === 'baseline' ? baseline(stream, request) : plot(stream, view);
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

const stillLearning = (): DriftResponse =>
  failure(409, 'learning', 'Cannot answer while the baseline is being learned');

function baseline({ comparison }: StreamMonitor, { headers }: DriftRequest): DriftResponse {
  if (comparison === undefined) return stillLearning();
  const etag = `"${comparison.baselineId}"`;
  const asked = headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//u, ''));
  if (asked?.includes(etag) === true || asked?.includes('*') === true) {
    return { status: 304, headers: { etag }, body: '' };
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', etag },
    body: serializeBaseline(comparison.baseline, sha256),
  };
}

function windowOf(stream: StreamMonitor): DriftResponse {
  const window = windowBaseline(stream);
  if (window === undefined) return stillLearning();
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: serializeBaseline(window, sha256),
  };
}

function plot(stream: StreamMonitor, view: string): DriftResponse {
  const { comparison, key } = stream;
  if (comparison === undefined) return stillLearning();
  if (view === 'plot.json') {
    const summary = plotSummary(stream, plotCurve(comparison));
    return json(200, { stream: key, summary, panels: plotPanels(comparison) });
  }
  return {
    status: 200,
    headers: { 'content-type': 'image/svg+xml; charset=utf-8' },
    body: plotStream(stream),
  };
}

/** The parameters of the actions. */
interface ActionBody {
  readonly stream?: string;
  readonly model?: string;
  readonly version?: string;
  readonly segment?: string;
  readonly season?: string;
  readonly keepBaseline?: boolean;
  readonly by?: string;
}

const TEXT_FIELDS: readonly string[] = ['stream', 'model', 'version', 'segment', 'season', 'by'];

/** @returns the sentence of an error for what cannot be read */
function parseAction(body: string | undefined): ActionBody | string {
  if (body === undefined || body.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return 'Cannot read the body: expected JSON';
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return 'Cannot read the body: expected an object';
  }
  for (const [field, value] of Object.entries(parsed)) {
    const expected = TEXT_FIELDS.includes(field) ? 'string' : undefined;
    const wanted = field === 'keepBaseline' ? 'boolean' : expected;
    if (wanted === undefined) return `Cannot read the body: unknown field "${field.slice(0, 50)}"`;
    if (typeof value !== wanted) return `Cannot read "${field}": expected a ${wanted}`;
  }
  return parsed as ActionBody;
}

const selectorOfBody = ({
  stream,
  model,
  version,
  segment,
  season,
}: ActionBody): StreamSelector => ({
  ...(stream === undefined ? {} : { name: stream }),
  ...(model === undefined ? {} : { model }),
  ...(version === undefined ? {} : { version }),
  ...(segment === undefined ? {} : { segment }),
  ...(season === undefined ? {} : { season }),
});

const keepBaseline = ({ keepBaseline: keep }: ActionBody): { readonly keepBaseline?: boolean } =>
  keep === undefined ? {} : { keepBaseline: keep };

/** Does something to the streams that are meant; none may still be learning its first baseline. */
async function act(
  monitor: DriftMonitor,
  body: ActionBody,
  action: (stream: StreamSelector) => number,
): Promise<DriftResponse> {
  const selector = selectorOfBody(body);
  const selected = monitor.select(selector);
  if (selected.length === 0) {
    const shown = (body.stream ?? '').slice(0, NAME_SHOWN_MAX);
    return failure(404, 'unknown_stream', `Cannot find the stream "${shown}"`);
  }
  if (selected.every(({ comparison }) => comparison === undefined)) return stillLearning();
  action(selector);
  return json(200, { streams: await statusOf(monitor.select(selector)) });
}

async function acknowledge(monitor: DriftMonitor, body: ActionBody): Promise<DriftResponse> {
  const { by } = body;
  if (by === undefined || by.trim() === '') {
    return failure(400, 'invalid_body', 'Cannot acknowledge without "by": say who saw it');
  }
  return act(monitor, body, (stream) => monitor.acknowledge({ stream, by }));
}

const SELECTING = ['model', 'version', 'segment', 'season'] as const;

function selectorOf(query: URLSearchParams): StreamSelector {
  const direction = query.get('direction');
  const selector: Record<string, string> = {};
  for (const field of SELECTING) {
    const value = query.get(field);
    if (value !== null) selector[field] = value;
  }
  return direction === 'input' || direction === 'output' ? { ...selector, direction } : selector;
}
