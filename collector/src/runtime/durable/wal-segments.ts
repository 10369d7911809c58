import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface SegmentFile {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
  /** Close to the arrival of its newest record, without reading it. */
  readonly modifiedMs: number;
}

const SEGMENT_NAME = /^(?<number>\d{10})\.wal$/u;

export function segmentName(number: number): string {
  return `${String(number).padStart(10, '0')}.wal`;
}

/** The segments of a folder, oldest first. Makes the folder when there is none. */
export async function listSegments(folder: string): Promise<SegmentFile[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const segments: SegmentFile[] = [];
  for (const name of await readdir(folder)) {
    const number = SEGMENT_NAME.exec(name)?.groups?.['number'];
    if (number === undefined) continue;
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path);
    segments.push({ number: Number(number), path, bytes: size, modifiedMs: mtimeMs });
  }
  return segments.sort((left, right) => left.number - right.number);
}

export async function deleteSegment({ path }: SegmentFile): Promise<void> {
  try {
    await unlink(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
}

/** Makes creations and renames in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
