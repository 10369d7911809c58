/** Memory pages of Linux; a multiple where they are larger. */
export const PAGE_BYTES = 4_096;
/** Room at the end of a page that is not worth another line. */
const PADDING_MAX = 1_024;

/** A line with its line break, and its size in bytes. */
export interface WaitingLine {
  readonly text: string;
  readonly size: number;
}

export interface PageWrite {
  readonly text: string;
  readonly size: number;
  /** Lines that it takes, from the first on. */
  readonly lines: number;
}

/**
 * The next write of a file that is `offset` bytes long: as many lines as fit into its last page.
 *
 * The kernel copies a write page by page, and a process that is killed in between leaves a torn
 * line. So no write crosses the end of a page. What is left of a page is filled with spaces, which
 * JSON allows before a line break and before a line. Only a line that is longer than a page can
 * still be torn.
 */
export function nextWrite(waiting: readonly WaitingLine[], offset: number): PageWrite {
  const room = PAGE_BYTES - (offset % PAGE_BYTES);
  let size = 0;
  let lines = 0;
  for (const line of waiting) {
    if (size + line.size > room) break;
    size += line.size;
    lines += 1;
  }
  if (lines === 0) return firstAlone(waiting, room);
  const text = waiting
    .slice(0, lines)
    .map((line) => line.text)
    .join('');
  const left = room - size;
  if (left > PADDING_MAX) return { text, size, lines };
  return { text: `${text.slice(0, -1)}${' '.repeat(left)}\n`, size: room, lines };
}

/** A line that does not fit waits for the next page, unless it is longer than any. */
function firstAlone([first]: readonly WaitingLine[], room: number): PageWrite {
  const isLong = first !== undefined && first.size > PAGE_BYTES;
  if (isLong) return { ...first, lines: 1 };
  return { text: ' '.repeat(room), size: room, lines: 0 };
}
