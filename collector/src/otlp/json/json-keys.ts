import type { JsonField, JsonMessage } from './json-schema.ts';

interface KnownKey {
  readonly name: Uint8Array;
  readonly field: JsonField;
}

/** A part of some bytes, without the byte at `to`. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** The keys of each message, filed by `fileOf`. */
const FILES: WeakMap<JsonMessage, readonly (readonly KnownKey[] | undefined)[]> = new WeakMap();

/** A power of two, so that a file number is a few bits. */
const FILE_COUNT = 256;

/** The field that has the name which stands in a part of the bytes. */
export function findField(
  message: JsonMessage,
  bytes: Uint8Array,
  { from, to }: Part,
): JsonField | undefined {
  const length = to - from;
  for (const { name, field } of filesOf(message)[fileOf(bytes, from, to)] ?? []) {
    if (name.length !== length) continue;
    let same = 0;
    while (same < length && bytes[from + same] === name[same]) same += 1;
    if (same === length) return field;
  }
  return undefined;
}

function filesOf(message: JsonMessage): readonly (readonly KnownKey[] | undefined)[] {
  const known = FILES.get(message);
  if (known !== undefined) return known;
  const files: (readonly KnownKey[] | undefined)[] = Array.from({ length: FILE_COUNT });
  for (const [text, field] of message) {
    const name = new TextEncoder().encode(text);
    const file = fileOf(name, 0, name.length);
    files[file] = [...(files[file] ?? []), { name, field }];
  }
  FILES.set(message, files);
  return files;
}

/** Length, first and last letter tell nearly all names of a message apart. */
function fileOf(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from] ?? 0;
  const last = bytes[to - 1] ?? 0;
  return ((to - from) * 29 + first * 7 + last) % FILE_COUNT;
}
