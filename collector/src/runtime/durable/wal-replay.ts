import { readFile, truncate, writeFile } from 'node:fs/promises';

import { newerData } from '../data-folder-error.ts';
import { readSegment, SEGMENT_VERSION, segmentVersion, type WalRecord } from './wal-record.ts';
import { deleteSegment, listSegments, type SegmentFile } from './wal-segments.ts';

export interface ReplayReport {
  readonly segments: number;
  readonly records: number;
  /** Files that keep what could not be read. */
  readonly quarantined: readonly string[];
  /** Bytes cut from the end of segments, quarantined or half written. */
  readonly bytesCut: number;
}

export interface ReplayOptions {
  readonly folder: string;
  /** Segments written wholly before this are skipped. */
  readonly fromMs: number;
  /** Names the quarantine files. */
  readonly nowMs: number;
}

/**
 * Hands every record on disk to `apply`, oldest first.
 *
 * A segment is read up to its first bad record and cut there. Half a record at the end is what a
 * crash leaves and is dropped, for its sender never had an answer; anything else is damage and is
 * kept in a file beside the segment.
 *
 * @throws {DataFolderError} when a newer version of the service wrote a segment, which stays as it is.
 */
export async function replayLog(
  options: ReplayOptions,
  apply: (record: WalRecord) => void | Promise<void>,
): Promise<ReplayReport> {
  const report = { segments: 0, records: 0, quarantined: [] as string[], bytesCut: 0 };
  for (const segment of await listSegments(options.folder)) {
    // Nothing asks for samples as old as its newest record.
    if (segment.modifiedMs < options.fromMs) continue;
    const bytes = await readFile(segment.path);
    const found = segmentVersion(bytes) ?? SEGMENT_VERSION;
    // Read as damage, it would be cut and lost to the version that wrote it.
    if (found > SEGMENT_VERSION) {
      throw newerData(segment.path, { what: 'log format', found, known: SEGMENT_VERSION });
    }
    const { records, goodBytes, end } = readSegment(bytes);
    report.segments += 1;
    for (const record of records) {
      await apply(record);
      report.records += 1;
    }
    if (end === 'complete') continue;
    report.bytesCut += bytes.length - goodBytes;
    if (end === 'corrupt') {
      const path = `${segment.path}.corrupt-${options.nowMs}`;
      await writeFile(path, bytes.subarray(goodBytes), { mode: 0o600 });
      report.quarantined.push(path);
    }
    await cutSegment(segment, goodBytes);
  }
  return report;
}

async function cutSegment(segment: SegmentFile, goodBytes: number): Promise<void> {
  // Without its first bytes it would be read as damage at each start.
  if (goodBytes === 0) await deleteSegment(segment);
  else await truncate(segment.path, goodBytes);
}
