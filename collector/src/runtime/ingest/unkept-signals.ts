import type { OtlpRequest, UnkeptAnswer, UnkeptSignal } from '../../exchange/ingest.ts';
import { jsonToProtobuf } from '../../otlp/json/json-to-protobuf.ts';
import { isOtlpError } from '../../otlp/otlp-error.ts';
import { readLogs } from '../../otlp/read-logs.ts';
import { readSpans } from '../../otlp/read-spans.ts';
import type { OtlpEncoding } from '../../otlp/response.ts';
import { requestBytes } from './request-bytes.ts';

/**
 * Reads a request of logs or traces. Nothing evaluates them, but a sender learns that what it sends
 * cannot be read, as with metrics.
 */
export async function readUnkept(
  signal: UnkeptSignal,
  request: OtlpRequest,
  bodyBytesMax: number,
): Promise<UnkeptAnswer> {
  const bytes = await requestBytes(request, bodyBytesMax);
  if (!(bytes instanceof Uint8Array)) return bytes;
  try {
    return { kind: 'read', records: countRecords(signal, request.encoding, bytes) };
  } catch (error) {
    if (!isOtlpError(error)) throw error;
    const kind = error.code === 'OTLP_TOO_LARGE' ? 'too large' : 'malformed';
    return { kind, message: error.message };
  }
}

function countRecords(signal: UnkeptSignal, encoding: OtlpEncoding, bytes: Uint8Array): number {
  const message = encoding === 'json' ? jsonToProtobuf(signal, bytes) : bytes;
  return signal === 'logs' ? readLogs(message).length : readSpans(message).length;
}
