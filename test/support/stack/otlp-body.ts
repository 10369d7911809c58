import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** The whole body as it came and uncompressed. */
export async function readOtlpBody(
  request: IncomingMessage,
): Promise<{ readonly raw: Buffer; readonly body: Buffer }> {
  const raw = await buffer(request);
  const isCompressed = request.headers['content-encoding'] === 'gzip';
  return { raw, body: isCompressed ? gunzipSync(raw) : raw };
}
