import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { makeFolder } from '../make-folder.ts';
import { PAGE_BYTES } from './page-writes.ts';

const LINE_BREAK = 10;
const SPACE = 32;

/** A text could not be written as a whole. */
export class WriteError extends Error {
  /** Bytes of the text that did arrive. */
  readonly written: number;

  constructor(written: number, cause: unknown) {
    super('Cannot write all of a text', { cause });
    this.written = written;
  }
}

/** A file that lines are appended to, as it was opened. */
export class OpenFile {
  readonly path: string;
  /** Bytes; 0 for what is no regular file. */
  size: number;
  /** Whether it can be rotated: pipes and devices cannot. */
  readonly isRegular: boolean;
  readonly #handle: FileHandle;
  readonly #identity: string;
  /** Whether the last line has no end, because a disk was full or a process died. */
  #isTorn: boolean;

  private constructor(path: string, opened: Opened) {
    this.path = path;
    this.#handle = opened.handle;
    this.#identity = opened.identity;
    this.isRegular = opened.isRegular;
    this.size = opened.size;
    this.#isTorn = opened.isTorn;
  }

  /** @throws {Error} of the file system */
  static async open(path: string): Promise<OpenFile> {
    makeFolder(dirname(path));
    const handle = await open(path, 'a+');
    try {
      const stats = await handle.stat();
      const isRegular = stats.isFile();
      const size = isRegular ? stats.size : 0;
      const isTorn = (await lastMark(handle, size)) !== LINE_BREAK;
      return new OpenFile(path, { handle, identity: identityOf(stats), isRegular, size, isTorn });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Whether its path still leads to it: a log rotator or a person may have moved or deleted it. */
  async isInPlace(): Promise<boolean> {
    try {
      return identityOf(await stat(this.path)) === this.#identity;
    } catch {
      return false;
    }
  }

  /** Appends a text, after the end of a line that was torn. @throws {WriteError} */
  async append(text: string): Promise<void> {
    const prefix = this.#isTorn ? '\n' : '';
    const bytes = Buffer.from(prefix + text);
    let written = 0;
    try {
      while (written < bytes.length) {
        const { bytesWritten } = await this.#handle.write(bytes, written);
        written += bytesWritten;
      }
    } catch (error) {
      throw new WriteError(Math.max(0, written - prefix.length), error);
    } finally {
      if (this.isRegular) this.size += written;
      const mark = lastMarkOf(bytes.subarray(0, written));
      if (mark !== undefined) this.#isTorn = mark !== LINE_BREAK;
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

interface Opened {
  readonly handle: FileHandle;
  readonly identity: string;
  readonly isRegular: boolean;
  readonly size: number;
  readonly isTorn: boolean;
}

const identityOf = ({ dev, ino }: { readonly dev: number; readonly ino: number }): string =>
  `${dev}:${ino}`;

/**
 * The last byte that is no space: spaces fill a page up, and the next line may follow them. A line
 * break where there is none, for then nothing is torn.
 */
async function lastMark(handle: FileHandle, size: number): Promise<number> {
  const length = Math.min(size, PAGE_BYTES);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return lastMarkOf(buffer.subarray(0, bytesRead)) ?? LINE_BREAK;
}

function lastMarkOf(bytes: Uint8Array): number | undefined {
  return bytes.findLast((byte) => byte !== SPACE);
}
