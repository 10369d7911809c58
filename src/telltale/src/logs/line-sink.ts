import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import { createStream, type RotatingFileStream } from 'rotating-file-stream';

import { reasonOf, report } from '../diagnostics.ts';
import { makeFolder } from '../make-folder.ts';
import { countDroppedEvent } from '../self-metrics.ts';
import { nextWrite, type WaitingLine } from './page-writes.ts';

/** Where lines of JSON go. */
export interface LineSink {
  /** Takes a line without its line break. Never throws and never waits. */
  write(line: string): void;
  /** Resolves when what was taken is with the operating system. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that may wait for a slow disk or pipe before lines are dropped and counted. */
const QUEUE_BYTES_MAX = 1_048_576;

export interface LogFileOptions {
  readonly path: string;
  /** Size at which the file is rotated, for example `100M`. */
  readonly rotateSize: string;
  /** Rotated files kept beside the active one. */
  readonly keep: number;
}

/** A file that failed is opened again after this long: a disk that was full may have room again. */
const REOPEN_MS = 5_000;

/**
 * A rotating file of lines. A write is whole lines, so a process that dies leaves whole lines only.
 * A disk that is full or read-only costs one diagnostic a minute and a count, nothing else.
 */
export class LogFile implements LineSink {
  readonly #options: LogFileOptions;
  #stream: RotatingFileStream | undefined;
  #pendingBytes = 0;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #isWriting = false;
  readonly #waiting: WaitingLine[] = [];
  /** Bytes of the active file. */
  #offset = 0;
  /** What is to be done once nothing waits any more. */
  readonly #emptied: (() => void)[] = [];
  readonly #asking = new Set<() => void>();

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  write(line: string): void {
    const text = `${line}\n`;
    const size = Buffer.byteLength(text);
    const stream = this.#open();
    if (stream === undefined || this.#pendingBytes + size > QUEUE_BYTES_MAX) {
      countDroppedEvent('log_file', stream === undefined ? 'write_failed' : 'queue_full');
      return;
    }
    this.#pendingBytes += size;
    this.#waiting.push({ text, size });
    if (!this.#isWriting) this.#writeWaiting(stream);
  }

  flush(): Promise<void> {
    return this.#settled((stream, done) => {
      this.#afterWaiting(() => stream.write('', done));
    });
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#settled((stream, done) => {
      this.#afterWaiting(() => stream.end(done));
    });
  }

  /** Writes what waits, a page at a time: the library waits for the disk after every write. */
  #writeWaiting(stream: RotatingFileStream): void {
    if (this.#waiting.length === 0) {
      this.#isWriting = false;
      for (const next of this.#emptied.splice(0)) next();
      return;
    }
    this.#isWriting = true;
    const { text, size, lines } = nextWrite(this.#waiting, this.#offset);
    const written = this.#waiting.splice(0, lines).reduce((sum, line) => sum + line.size, 0);
    this.#offset += size;
    stream.write(text, () => {
      if (stream !== this.#stream) return;
      this.#pendingBytes -= written;
      this.#writeWaiting(stream);
    });
  }

  #afterWaiting(next: () => void): void {
    if (this.#isWriting) this.#emptied.push(next);
    else next();
  }

  #open(): RotatingFileStream | undefined {
    if (this.#isClosed || this.#stream !== undefined) return this.#stream;
    if (performance.now() - this.#failedAtMs < REOPEN_MS) return undefined;
    const { path, rotateSize, keep } = this.#options;
    const folder = dirname(path);
    try {
      makeFolder(folder);
    } catch (cause) {
      this.#fail(cause);
      return undefined;
    }
    const stream = createStream(basename(path), {
      path: folder,
      size: rotateSize as `${number}M`,
      maxFiles: keep,
      // What the library remembers of rotated files; hidden, because whoever reads logs reads all.
      history: `.${basename(path)}.history`,
    });
    this.#offset = sizeOf(path);
    // A rotated file is followed by an empty one.
    stream.on('open', () => {
      this.#offset = sizeOf(path);
    });
    stream.on('error', (cause: Error) => this.#fail(cause));
    stream.on('warning', (cause: Error) => this.#fail(cause));
    this.#stream = stream;
    return stream;
  }

  #fail(cause: unknown): void {
    countDroppedEvent('log_file', 'write_failed');
    report('log file', `Cannot write the log file "${this.#options.path}": ${reasonOf(cause)}`);
    this.#stream?.destroy();
    this.#stream = undefined;
    this.#failedAtMs = performance.now();
    for (let lost = this.#waiting.length; lost > 0; lost -= 1) {
      countDroppedEvent('log_file', 'write_failed');
    }
    this.#waiting.length = 0;
    this.#emptied.length = 0;
    this.#isWriting = false;
    this.#pendingBytes = 0;
    for (const resolve of this.#asking) resolve();
  }

  /** Resolves when the stream answers, or when it fails: a broken stream never answers. */
  #settled(ask: (stream: RotatingFileStream, done: () => void) => void): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#asking.delete(done);
        resolve();
      };
      this.#asking.add(done);
      ask(stream, done);
    });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Lines on standard output, beside whatever the application writes there. */
export function createStdoutSink(output: NodeJS.WritableStream = process.stdout): LineSink {
  return {
    write: (line) => {
      const { writableLength = 0 } = output as { writableLength?: number };
      if (writableLength > QUEUE_BYTES_MAX) countDroppedEvent('log_stdout', 'queue_full');
      else output.write(`${line}\n`);
    },
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
