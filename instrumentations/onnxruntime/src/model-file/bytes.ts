import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of a model that are read in pieces: weights are never loaded a second time. */
export interface ByteSource {
  readonly size: number;
  /** At most `length` bytes from `offset`; fewer at the end. */
  read(offset: number, length: number): Uint8Array;
}

const HASHED_BYTES = 1024 * 1024;

export function bufferSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Opens a model file for `use`; `undefined` when it is no readable regular file. */
export function withFileSource<T>(path: string, use: (source: ByteSource) => T): T | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const file = descriptor;
    const stat = fstatSync(file);
    if (!stat.isFile()) return undefined;
    const read = (offset: number, length: number): Uint8Array => {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, stat.size - offset)));
      const count = readSync(file, bytes, 0, bytes.byteLength, offset);
      return bytes.subarray(0, count);
    };
    return use({ size: stat.size, read });
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * SHA-256 over the first MiB, the last MiB and the length in decimal: tells models apart without
 * reading gigabytes. Files up to one MiB are hashed once, not twice.
 */
export function modelId(source: ByteSource): string {
  const hash = createHash('sha256');
  hash.update(source.read(0, HASHED_BYTES));
  if (source.size > HASHED_BYTES) {
    const lastStart = Math.max(HASHED_BYTES, source.size - HASHED_BYTES);
    hash.update(source.read(lastStart, HASHED_BYTES));
  }
  hash.update(String(source.size));
  return hash.digest('hex');
}
