/** Bytes that `text` takes in UTF-8, which is what Go counts. A lone surrogate counts three. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isLeadingSurrogate(text, index)) {
      bytes += 4;
      index += 1;
    } else bytes += 3;
  }
  return bytes;
}

function isLeadingSurrogate(text: string, index: number): boolean {
  const code = text.codePointAt(index) ?? 0;
  return code > 0xffff;
}

/** The UTF-8 bytes of `text`. */
export function encodeUtf8(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), continuation(code));
    else if (code < 0x10000)
      bytes.push(0xe0 | (code >> 12), continuation(code >> 6), continuation(code));
    else {
      bytes.push(0xf0 | (code >> 18), continuation(code >> 12));
      bytes.push(continuation(code >> 6), continuation(code));
    }
  }
  return bytes;
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

/** The text of UTF-8 bytes; a byte that is no valid UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: readonly number[]): string {
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const [code, size] = decodeOne(bytes, index);
    text += String.fromCodePoint(code);
    index += size;
  }
  return text;
}

const REPLACEMENT: readonly [code: number, size: number] = [0xfffd, 1];

function decodeOne(bytes: readonly number[], index: number): readonly [code: number, size: number] {
  const first = bytes[index] ?? 0;
  if (first < 0x80) return [first, 1];
  const size = sequenceLength(first);
  if (size === 0) return REPLACEMENT;
  let code = first & (0xff >> (size + 1));
  for (let offset = 1; offset < size; offset += 1) {
    const next = bytes[index + offset];
    if (next === undefined || (next & 0xc0) !== 0x80) return REPLACEMENT;
    code = (code << 6) | (next & 0x3f);
  }
  return isCanonical(code, size) ? [code, size] : REPLACEMENT;
}

function sequenceLength(first: number): number {
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

function isCanonical(code: number, size: number): boolean {
  if (size === 3) return code >= 0x800 && (code < 0xd800 || code > 0xdfff);
  return size === 2 || (code >= 0x10000 && code <= 0x10ffff);
}
