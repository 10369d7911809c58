import { gunzip, gunzipSync } from 'node:zlib';

export type InflateResult =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'too large' }
  | { readonly kind: 'malformed'; readonly message: string };

/** Up to this size inflating costs less than handing the work to another thread. */
const INFLATE_INLINE_BYTES_MAX = 32 * 1024;

/** Inflates gzip and stops as soon as the output passes the limit. */
export async function inflate(bytes: Uint8Array, bytesMax: number): Promise<InflateResult> {
  const options = { maxOutputLength: bytesMax };
  try {
    if (bytes.byteLength <= INFLATE_INLINE_BYTES_MAX) {
      return { kind: 'bytes', bytes: gunzipSync(bytes, options) };
    }
    return await new Promise((resolve, reject) => {
      gunzip(bytes, options, (error, result) => {
        if (error === null) resolve({ kind: 'bytes', bytes: result });
        else reject(error);
      });
    });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      return { kind: 'too large' };
    }
    return { kind: 'malformed', message: (cause as Error).message };
  }
}
