import type { OtlpRequest, UnkeptAnswer, UnkeptSignal } from '../../exchange/ingest.ts';
import { jsonToProtobuf } from '../../otlp/json/json-to-protobuf.ts';
import { isOtlpError } from '../../otlp/otlp-error.ts';
import { readLogs } from '../../otlp/read/read-logs.ts';
import { readSpans } from '../../otlp/read/read-spans.ts';
import type { OtlpEncoding } from '../../otlp/response.ts';
import { readBody } from './request-bytes.ts';
import { SpareBuffers } from './spare-buffers.ts';

const spare = new SpareBuffers();

/**
 * Reads a request of logs or traces. Nothing evaluates them, but a sender learns that what it sends
 * cannot be read, as with metrics.
 */
export async function readUnkept(
  signal: UnkeptSignal,
  request: OtlpRequest,
  bodyBytesMax: number,
): Promise<UnkeptAnswer> {
  return readBody<UnkeptAnswer>(request, { bodyBytesMax, spare }, (bytes) => {
    try {
      return { kind: 'read', records: countRecords(signal, request.encoding, bytes) };
    } catch (error) {
      if (!isOtlpError(error)) throw error;
      const kind = error.code === 'OTLP_TOO_LARGE' ? 'too large' : 'malformed';
      return { kind, message: error.message };
    }
  });
}

function countRecords(signal: UnkeptSignal, encoding: OtlpEncoding, bytes: Uint8Array): number {
  const message = encoding === 'json' ? jsonToProtobuf(signal, bytes) : bytes;
  return signal === 'logs' ? readLogs(message).length : readSpans(message).length;
}
