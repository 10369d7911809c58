import { sharedState } from '@telltale/core';

import { reasonOf, report } from '../diagnostics.ts';
import { countDroppedEvent } from '../self-metrics.ts';
import { OpenFile, WriteError } from './open-file.ts';
import { nextWrite, type WaitingLine } from './page-writes.ts';
import { pruneDead, rotate } from './rotated-files.ts';

/** Where lines of JSON go. */
export interface LineSink {
  /** Takes a line without its line break. Never throws and never waits. */
  write(line: string): void;
  /** Resolves when what was taken is with the operating system, or cannot be. */
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
  /** The name without the process id: then as many files of processes of before are kept. */
  readonly sharedName?: string;
  /** How long a file that failed is left alone. Default 5 s. */
  readonly retryMs?: number;
}

/** A file that failed is opened again after this long: a disk that was full may have room again. */
const REOPEN_MS = 5_000;
const UNITS: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** All log files of the process, to be opened again on a signal. */
const files = (): Set<LogFile> => sharedState('telltale.log-files', () => new Set());

/** Opens all log files again before their next line, as services do at SIGHUP. */
export function reopenLogFiles(): void {
  for (const file of files()) file.reopen();
}

/**
 * A rotating file of lines. A write is whole lines, so a process that dies leaves whole lines only.
 * A file that was moved or deleted is made again. A disk that is full or read-only costs one
 * diagnostic a minute and the lines, which are counted.
 */
export class LogFile implements LineSink {
  readonly #options: LogFileOptions & { readonly retryMs: number };
  readonly #rotateBytes: number;
  readonly #waiting: WaitingLine[] = [];
  #pendingBytes = 0;
  #file: OpenFile | undefined;
  #writing: Promise<void> | undefined;
  #mustReopen = false;
  #isClosed = false;
  #hasPruned = false;
  #failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LogFileOptions) {
    this.#options = { retryMs: REOPEN_MS, ...options };
    this.#rotateBytes = bytesOf(options.rotateSize);
    files().add(this);
  }

  write(line: string): void {
    const text = `${line}\n`;
    const size = Buffer.byteLength(text);
    if (this.#isClosed || this.#isFailing) {
      countDroppedEvent('log_file', 'write_failed');
      return;
    }
    if (this.#pendingBytes + size > QUEUE_BYTES_MAX) {
      countDroppedEvent('log_file', 'queue_full');
      return;
    }
    this.#pendingBytes += size;
    this.#waiting.push({ text, size });
    void this.#write();
  }

  async flush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#writing !== undefined) await this.#write();
  }

  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
    files().delete(this);
    await this.#closeFile();
  }

  /** Opens the file again before the next line. */
  reopen(): void {
    this.#mustReopen = true;
  }

  /** Writes what waits, one write at a time. */
  #write(): Promise<void> {
    if (this.#writing !== undefined) return this.#writing;
    this.#writing = this.#writeWaiting()
      .catch((cause: unknown) => this.#fail(cause))
      .finally(() => {
        this.#writing = undefined;
      });
    return this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const file = await this.#readyFile();
      const { text, lines } = nextWrite(this.#waiting, file.size);
      try {
        await file.append(text);
      } catch (cause) {
        this.#forgetWritten(cause instanceof WriteError ? cause.written : 0);
        throw cause;
      }
      for (const { size } of this.#waiting.splice(0, lines)) this.#pendingBytes -= size;
    }
  }

  /** The file in its place, with room for a line. */
  async #readyFile(): Promise<OpenFile> {
    const isLost = this.#file !== undefined && !(await this.#file.isInPlace());
    if (isLost || this.#mustReopen) {
      this.#mustReopen = false;
      await this.#closeFile();
    }
    const { path, keep } = this.#options;
    this.#file ??= await this.#open();
    const { size, isRegular } = this.#file;
    const next = this.#waiting[0]?.size ?? 0;
    // A pipe or a device cannot be rotated, and a line above the limit fits into no file: the empty one takes it.
    if (!isRegular || size === 0 || size + next <= this.#rotateBytes) return this.#file;
    await this.#closeFile();
    await rotate(path, keep, Date.now());
    this.#file = await this.#open();
    return this.#file;
  }

  async #open(): Promise<OpenFile> {
    const { path, sharedName, keep } = this.#options;
    const file = await OpenFile.open(path);
    if (sharedName !== undefined && !this.#hasPruned) {
      this.#hasPruned = true;
      await pruneDead(sharedName, keep).catch((cause: unknown) => this.#tell(cause));
    }
    return file;
  }

  async #closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch((cause: unknown) => this.#tell(cause));
  }

  /** Lines that arrived before a write failed must not come twice; the torn one is lost. */
  #forgetWritten(bytes: number): void {
    let left = bytes;
    while (left > 0) {
      const line = this.#waiting.shift();
      if (line === undefined) return;
      this.#pendingBytes -= line.size;
      if (left < line.size) countDroppedEvent('log_file', 'write_failed');
      left -= line.size;
    }
  }

  async #fail(cause: unknown): Promise<void> {
    this.#tell(cause instanceof WriteError ? cause.cause : cause);
    this.#failedAtMs = performance.now();
    for (const { size } of this.#waiting.splice(0)) {
      this.#pendingBytes -= size;
      countDroppedEvent('log_file', 'write_failed');
    }
    await this.#closeFile();
  }

  get #isFailing(): boolean {
    return performance.now() - this.#failedAtMs < this.#options.retryMs;
  }

  #tell(cause: unknown): void {
    report('log file', `Cannot write the log file "${this.#options.path}": ${reasonOf(cause)}`);
  }
}

function bytesOf(text: string): number {
  return Number.parseInt(text, 10) * (UNITS[text.slice(-1).toUpperCase()] ?? 1);
}

/** Lines on a stream of the process, beside whatever the application writes there. */
export function createStreamSink(output: NodeJS.WritableStream = process.stdout): LineSink {
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
