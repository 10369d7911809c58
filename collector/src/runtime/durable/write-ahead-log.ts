import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';

import { encodeRecordHead, SEGMENT_MAGIC, type WalRecord } from './wal-record.ts';
import {
  deleteSegment,
  listSegments,
  type SegmentFile,
  segmentName,
  syncFolder,
} from './wal-segments.ts';

export interface WriteAheadLogOptions {
  readonly folder: string;
  /** A new segment begins when the current one reaches this size. */
  readonly segmentBytesMax: number;
  /** Or this age. */
  readonly segmentAgeMsMax: number;
  /** The oldest segments go when all of them together are larger. */
  readonly totalBytesMax: number;
  /** Records that wait for the disk; above this, `isOverloaded`. */
  readonly pendingBytesMax: number;
}

export const DEFAULT_WAL_OPTIONS: Omit<WriteAheadLogOptions, 'folder'> = Object.freeze({
  segmentBytesMax: 16 * 2 ** 20,
  segmentAgeMsMax: 60_000,
  totalBytesMax: 2 ** 30,
  pendingBytesMax: 128 * 2 ** 20,
});

/**
 * Linux syncs as it writes when asked, as `fdatasync` after it would: one call for two. Elsewhere the
 * flag promises less or does not exist.
 */
const IS_SYNCED_BY_WRITE = process.platform === 'linux';
const SEGMENT_FLAGS =
  constants.O_WRONLY |
  constants.O_CREAT |
  constants.O_EXCL |
  (IS_SYNCED_BY_WRITE ? constants.O_DSYNC : 0);

interface PendingRecord {
  readonly record: WalRecord;
  resolve(): void;
  reject(cause: unknown): void;
}

interface ClosedSegment {
  readonly file: SegmentFile;
  readonly bytes: number;
  readonly newestMs: number;
}

interface OpenSegment {
  readonly file: SegmentFile;
  readonly handle: FileHandle;
  readonly startedMs: number;
  bytes: number;
  newestMs: number;
}

/**
 * Accepted request bodies on disk, so that a killed service has its windows back.
 *
 * Commits are grouped: while one write and `fdatasync` runs, the records that arrive wait and are
 * committed together by the next. A lone record is committed at once.
 */
export class WriteAheadLog {
  readonly #options: WriteAheadLogOptions;
  #segment: OpenSegment | undefined;
  #closed: ClosedSegment[] = [];
  #nextNumber: number;
  #pending: PendingRecord[] = [];
  /** Of records waiting and of those being written. */
  #pendingBytes = 0;
  #commits: Promise<void> | undefined;
  #isClosed = false;

  private constructor(options: WriteAheadLogOptions, segments: readonly SegmentFile[]) {
    this.#options = options;
    this.#closed = segments.map((file) => ({ file, bytes: file.bytes, newestMs: file.modifiedMs }));
    this.#nextNumber = (segments.at(-1)?.number ?? 0) + 1;
  }

  /** Continues behind the segments already in the folder, which are not written to any more. */
  static async open(options: WriteAheadLogOptions): Promise<WriteAheadLog> {
    return new WriteAheadLog(options, await listSegments(options.folder));
  }

  get bytes(): number {
    const closed = this.#closed.reduce((sum, { bytes }) => sum + bytes, 0);
    return closed + (this.#segment?.bytes ?? 0);
  }

  get isOverloaded(): boolean {
    return this.#pendingBytes > this.#options.pendingBytesMax;
  }

  /** Resolves when the record is on disk. Rejects when it could not be written. */
  append(record: WalRecord): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('Cannot append: the log is closed'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ record, resolve, reject });
      this.#pendingBytes += record.body.byteLength;
      this.#commits ??= this.#commitPending();
    });
  }

  /** Deletes segments whose newest record arrived before `timeMs`. */
  async deleteBefore(timeMs: number): Promise<void> {
    let bytes = this.bytes;
    const kept: ClosedSegment[] = [];
    for (const segment of this.#closed) {
      if (segment.newestMs < timeMs || bytes > this.#options.totalBytesMax) {
        await deleteSegment(segment.file);
        bytes -= segment.bytes;
      } else {
        kept.push(segment);
      }
    }
    this.#closed = kept;
  }

  /** Commits what waits and closes the current segment. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#commits !== undefined) await this.#commits;
    await this.#closeSegment();
  }

  async #commitPending(): Promise<void> {
    // Lets the requests of this turn of the event loop share the commit.
    await new Promise(setImmediate);
    while (this.#pending.length > 0) {
      const batch = this.#pending;
      this.#pending = [];
      try {
        await this.#write(batch);
        for (const pending of batch) pending.resolve();
      } catch (cause) {
        await this.#abandonSegment();
        for (const pending of batch) pending.reject(cause);
      }
      this.#pendingBytes -= batch.reduce((sum, { record }) => sum + record.body.byteLength, 0);
    }
    this.#commits = undefined;
  }

  async #write(batch: readonly PendingRecord[]): Promise<void> {
    const newestMs = Math.max(...batch.map(({ record }) => record.arrivalMs));
    const segment = await this.#segmentFor(newestMs);
    const parts = batch.flatMap(({ record }) => [encodeRecordHead(record), record.body]);
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0);
    const { bytesWritten } = await segment.handle.writev(parts);
    if (bytesWritten !== bytes) {
      throw new Error(`Cannot write the log: ${bytesWritten} of ${bytes} bytes written`);
    }
    if (!IS_SYNCED_BY_WRITE) await segment.handle.datasync();
    segment.bytes += bytes;
    segment.newestMs = Math.max(segment.newestMs, newestMs);
  }

  async #segmentFor(nowMs: number): Promise<OpenSegment> {
    const current = this.#segment;
    const { segmentBytesMax, segmentAgeMsMax } = this.#options;
    if (current !== undefined) {
      const isFull = current.bytes >= segmentBytesMax;
      if (!isFull && nowMs - current.startedMs < segmentAgeMsMax) return current;
      await this.#closeSegment();
    }
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    const { folder } = this.#options;
    // The data folder may have been cleared while the service ran.
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, segmentName(number));
    const handle = await beginSegment(path, folder);
    const bytes = SEGMENT_MAGIC.length;
    const file = { number, path, bytes, modifiedMs: nowMs };
    this.#segment = { file, handle, startedMs: nowMs, bytes, newestMs: nowMs };
    return this.#segment;
  }

  async #closeSegment(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    this.#segment = undefined;
    this.#closed.push({ file: segment.file, bytes: segment.bytes, newestMs: segment.newestMs });
    await segment.handle.close();
  }

  /** After a failed write the segment may end in half a record: cut it, or leave it behind. */
  async #abandonSegment(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined) return;
    // On a disk that fails, replay stops at the half record, in front of which all is whole.
    await segment.handle.truncate(segment.bytes).catch(() => undefined);
    await this.#closeSegment().catch(() => undefined);
  }
}

/** A new segment, open. One that cannot be begun leaves neither a file nor an open handle behind. */
async function beginSegment(path: string, folder: string): Promise<FileHandle> {
  const handle = await open(path, SEGMENT_FLAGS, 0o600);
  try {
    const { bytesWritten } = await handle.write(SEGMENT_MAGIC);
    if (bytesWritten !== SEGMENT_MAGIC.length) throw new Error('Cannot begin a file of the log');
    await syncFolder(folder);
    return handle;
  } catch (cause) {
    await handle.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw cause;
  }
}
