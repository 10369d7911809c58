import { createGunzip, gunzipSync } from 'node:zlib';

import type { SpareBuffers } from './spare-buffers.ts';

export type InflateResult =
  | {
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      /** The spare buffer that the bytes are in; give it back when they were read. */
      readonly buffer?: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'too large' }
  | { readonly kind: 'malformed'; readonly message: string };

/** Up to this size inflating costs less than handing the work to another thread. */
const INFLATE_INLINE_BYTES_MAX = 32 * 1024;

/** What zlib puts out at a time. */
const CHUNK_BYTES = 128 * 1024;

/** Deflate cannot do better: 258 bytes for two bits. */
const RATIO_MAX = 1032;

/** Inflates gzip and stops as soon as the output passes the limit. */
export async function inflate(
  bytes: Uint8Array,
  bytesMax: number,
  spare: SpareBuffers,
): Promise<InflateResult> {
  try {
    if (bytes.byteLength > INFLATE_INLINE_BYTES_MAX)
      return await inflateBeside(bytes, bytesMax, spare);
    return { kind: 'bytes', bytes: gunzipSync(bytes, { maxOutputLength: bytesMax }) };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      return { kind: 'too large' };
    }
    return { kind: 'malformed', message: (cause as Error).message };
  }
}

/** In threads of libuv. */
function inflateBeside(
  bytes: Uint8Array,
  bytesMax: number,
  spare: SpareBuffers,
): Promise<InflateResult> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  let buffer = spare.take(Math.min(bytesMax, toldBytes(bytes)));
  let size = 0;
  let isOver = false;
  return new Promise((resolve, reject) => {
    // Once: a buffer that was given back twice would be two requests' at the same time.
    const over = (settle: () => void): void => {
      if (isOver) return;
      isOver = true;
      settle();
    };
    const giveUp = (settle: () => void): void => {
      over(() => {
        gunzip.destroy();
        spare.giveBack(buffer);
        settle();
      });
    };
    gunzip.on('data', (chunk: Uint8Array) => {
      if (isOver) return;
      if (size + chunk.byteLength > bytesMax) {
        giveUp(() => resolve({ kind: 'too large' }));
        return;
      }
      if (size + chunk.byteLength > buffer.byteLength) {
        const larger = spare.take(Math.min(bytesMax, buffer.byteLength * 2));
        larger.set(buffer.subarray(0, size));
        spare.giveBack(buffer);
        buffer = larger;
      }
      buffer.set(chunk, size);
      size += chunk.byteLength;
    });
    gunzip.once('end', () => {
      over(() => resolve({ kind: 'bytes', bytes: buffer.subarray(0, size), buffer }));
    });
    gunzip.on('error', (cause) => giveUp(() => reject(cause)));
    gunzip.end(bytes);
  });
}

/**
 * The length of the output, which the end of the file tells. A sender may write anything there, so
 * it is believed only as far as these bytes can become so many.
 */
function toldBytes(bytes: Uint8Array): number {
  const tail = new DataView(bytes.buffer, bytes.byteOffset + bytes.byteLength - 4, 4);
  const told = tail.getUint32(0, true);
  return told <= bytes.byteLength * RATIO_MAX ? Math.max(told, CHUNK_BYTES) : CHUNK_BYTES;
}
