import { compareUtf8 } from '../../model/labels.ts';

const OFFSET = 14_695_981_039_346_656_037n;
const PRIME = 1_099_511_628_211n;
const MASK = (1n << 64n) - 1n;
const SEPARATOR = 0xffn;

const encoder = new TextEncoder();

/**
 * The id of a label set in Alertmanager's API: 64-bit FNV-1a over the labels in byte order, each
 * name and value followed by a byte 0xff, as 16 hex digits.
 */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  let hash = OFFSET;
  const add = (byte: bigint): void => {
    hash = ((hash ^ byte) * PRIME) & MASK;
  };
  for (const name of Object.keys(labels).sort(compareUtf8)) {
    for (const text of [name, labels[name] ?? '']) {
      for (const byte of encoder.encode(text)) add(BigInt(byte));
      add(SEPARATOR);
    }
  }
  return hash.toString(16).padStart(16, '0');
}
