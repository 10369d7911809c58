import type {
  IngestAnswer,
  OtlpRequest,
  UnkeptAnswer,
  UnkeptSignal,
} from '../../exchange/ingest.ts';
import type { OtlpEncoding } from '../../otlp/response.ts';
import type {
  Refusal,
  RequestLine,
  Route,
  RouteHandler,
  ServerRequest,
  ServerResponse,
} from '../message.ts';
import { encodingOf, exportResponse, statusResponse } from '../otlp-response.ts';

export interface OtlpApi {
  readonly bodyBytesMax: number;
  take(request: OtlpRequest): Promise<IngestAnswer>;
  /** Reads logs and traces, which are checked and counted, and not kept. */
  read(signal: UnkeptSignal, request: OtlpRequest): Promise<UnkeptAnswer>;
}

/** `/v1/metrics`, `/v1/logs` and `/v1/traces`. An OTel Collector drops for good what gets a 404. */
export function otlpRoutes(api: OtlpApi): Route[] {
  const post = (path: string, handle: RouteHandler): Route => {
    return { method: 'POST', path, scope: 'ingest', bodyBytesMax: api.bodyBytesMax, handle };
  };
  return [
    post('/v1/metrics', (request) => metrics(api, request)),
    post('/v1/logs', (request) => unkept(api, 'logs', request)),
    post('/v1/traces', (request) => unkept(api, 'traces', request)),
  ];
}

/** Refusals of the listener in the words of OTLP. */
export function otlpRefusal(refusal: Refusal, line: RequestLine): ServerResponse {
  return statusResponse(encodingOf(line.headers) ?? 'protobuf', refusal);
}

async function metrics(api: OtlpApi, request: ServerRequest): Promise<ServerResponse> {
  const form = formOf(request);
  if ('status' in form) return form;
  return wordAnswer(form.encoding, await api.take({ ...form, body: request.body }));
}

async function unkept(
  api: OtlpApi,
  signal: UnkeptSignal,
  request: ServerRequest,
): Promise<ServerResponse> {
  const form = formOf(request);
  if ('status' in form) return form;
  const answer = await api.read(signal, { ...form, body: request.body });
  if (answer.kind !== 'read') return wordAnswer(form.encoding, answer);
  return exportResponse(signal, form.encoding, { rejected: 0, message: '' });
}

/** Encoding and compression of a request, or the refusal of what we do not read. */
function formOf(
  request: ServerRequest,
): { readonly encoding: OtlpEncoding; readonly isGzip: boolean } | ServerResponse {
  const encoding = encodingOf(request.headers);
  if (encoding === undefined) {
    const type = request.headers['content-type'] ?? '';
    const message = `Cannot read content type "${type}": use application/x-protobuf or application/json`;
    return statusResponse('protobuf', { status: 415, message });
  }
  const compression = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (compression === 'gzip') return { encoding, isGzip: true };
  if (compression === 'identity' || compression === '') return { encoding, isGzip: false };
  const message = `Cannot read content encoding "${compression}": use gzip or none`;
  return statusResponse(encoding, { status: 415, message });
}

function wordAnswer(encoding: OtlpEncoding, answer: IngestAnswer): ServerResponse {
  switch (answer.kind) {
    case 'accepted': {
      const { rejectedPoints: rejected, message } = answer;
      return exportResponse('metrics', encoding, { rejected, message });
    }
    case 'malformed':
      return statusResponse(encoding, { status: 400, message: answer.message });
    case 'too large':
      return statusResponse(encoding, { status: 413, message: answer.message });
    case 'unavailable': {
      const headers = { 'retry-after': String(answer.retryAfterSeconds) };
      return statusResponse(encoding, { status: 503, message: answer.message, headers });
    }
  }
}
