import { decodeOtlp } from '../otlp-decode.ts';

/**
 * Trace id and span id of every span of a request.
 *
 * @param body a traces request in protobuf, uncompressed
 */
export function spanKeys(body: Buffer): readonly string[] {
  const { spans } = decodeOtlp({
    path: '/v1/traces',
    contentType: 'application/x-protobuf',
    contentEncoding: '',
    body,
  });
  return spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`);
}
