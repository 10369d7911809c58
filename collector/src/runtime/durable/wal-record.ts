import { crc32 } from 'node:zlib';

/** What a record holds: a request body as it came over the wire, or the output of rules. */
export type WalRecordKind = 'proto' | 'proto+gzip' | 'json' | 'json+gzip' | 'rule output';

export interface WalRecord {
  readonly kind: WalRecordKind;
  readonly arrivalMs: number;
  readonly body: Uint8Array;
}

const KINDS: readonly WalRecordKind[] = ['proto', 'proto+gzip', 'json', 'json+gzip', 'rule output'];

/** First bytes of every segment; the digit is the version of the format. */
export const SEGMENT_MAGIC: Buffer = Buffer.from('TTWAL001', 'latin1');

/** Of the format that `SEGMENT_MAGIC` begins. */
export const SEGMENT_VERSION = 1;

/** The version of the format that a segment begins with; `undefined` where none begins. */
export function segmentVersion(bytes: Buffer): number | undefined {
  const head = bytes.subarray(0, SEGMENT_MAGIC.length).toString('latin1');
  const digits = /^TTWAL(?<version>\d{3})$/u.exec(head)?.groups?.['version'];
  return digits === undefined ? undefined : Number(digits);
}

/** u32 length of what follows the checksum, u32 crc32 of the same. */
const PREFIX_BYTES = 8;
/** u8 kind, u64 arrival in milliseconds. */
const HEADER_BYTES = 9;

/** A longer record can only be damage: bodies are limited to 64 MiB. */
const RECORD_BYTES_MAX = 256 * 2 ** 20;

/** Everything of a record in front of its body. All numbers are little-endian. */
export function encodeRecordHead({ kind, arrivalMs, body }: WalRecord): Buffer {
  const head = Buffer.alloc(PREFIX_BYTES + HEADER_BYTES);
  head.writeUInt32LE(HEADER_BYTES + body.byteLength, 0);
  head.writeUInt8(KINDS.indexOf(kind) + 1, PREFIX_BYTES);
  head.writeBigUInt64LE(BigInt(arrivalMs), PREFIX_BYTES + 1);
  // Continued from the head to the body, so that the two need not be joined.
  head.writeUInt32LE(crc32(body, crc32(head.subarray(PREFIX_BYTES))), 4);
  return head;
}

/** Why reading stopped: at the end, inside a record that a crash cut, or at damage. */
export type SegmentEnd = 'complete' | 'torn' | 'corrupt';

export interface SegmentContent {
  readonly records: readonly WalRecord[];
  /** Bytes up to the end of the last good record. */
  readonly goodBytes: number;
  readonly end: SegmentEnd;
}

/** Reads records until the end or the first one that is not whole. Bodies are views of `bytes`. */
export function readSegment(bytes: Buffer): SegmentContent {
  if (!bytes.subarray(0, SEGMENT_MAGIC.length).equals(SEGMENT_MAGIC)) {
    const isTorn = bytes.length < SEGMENT_MAGIC.length;
    return { records: [], goodBytes: 0, end: isTorn ? 'torn' : 'corrupt' };
  }
  const records: WalRecord[] = [];
  let offset = SEGMENT_MAGIC.length;
  while (offset < bytes.length) {
    const record = readRecord(bytes, offset);
    if (typeof record === 'string') return { records, goodBytes: offset, end: record };
    records.push(record);
    offset += PREFIX_BYTES + HEADER_BYTES + record.body.byteLength;
  }
  return { records, goodBytes: offset, end: 'complete' };
}

function readRecord(bytes: Buffer, offset: number): WalRecord | 'torn' | 'corrupt' {
  if (bytes.length - offset < PREFIX_BYTES + HEADER_BYTES) return 'torn';
  const length = bytes.readUInt32LE(offset);
  if (length < HEADER_BYTES || length > RECORD_BYTES_MAX) return 'corrupt';
  const start = offset + PREFIX_BYTES;
  // A crash cuts the last write short; its sender had no answer.
  if (start + length > bytes.length) return 'torn';
  const payload = bytes.subarray(start, start + length);
  const kind = KINDS[payload.readUInt8(0) - 1];
  if (kind === undefined || crc32(payload) !== bytes.readUInt32LE(offset + 4)) return 'corrupt';
  const arrivalMs = Number(payload.readBigUInt64LE(1));
  return { kind, arrivalMs, body: payload.subarray(HEADER_BYTES) };
}
