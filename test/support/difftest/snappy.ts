/** The block format of Snappy, as Prometheus' remote read and write use it. */

/** Wraps bytes without compressing them, which every reader accepts. */
export function snappyEncode(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [varint(bytes.length)];
  const chunk = 60;
  for (let at = 0; at < bytes.length; at += chunk) {
    const part = bytes.subarray(at, at + chunk);
    parts.push(Uint8Array.of((part.length - 1) << 2), part);
  }
  return Buffer.concat(parts);
}

export function snappyDecode(bytes: Uint8Array): Uint8Array {
  let at = 0;
  const byte = (): number => bytes[at++] ?? 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const next = byte();
    length += (next & 0x7f) * 2 ** shift;
    if (next < 0x80) break;
  }
  const output = new Uint8Array(length);
  let end = 0;
  const little = (count: number): number => {
    let value = 0;
    for (let index = 0; index < count; index += 1) value += byte() * 2 ** (8 * index);
    return value;
  };
  while (at < bytes.length) {
    const tag = byte();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const size = (short < 60 ? short : little(short - 59)) + 1;
      output.set(bytes.subarray(at, at + size), end);
      at += size;
      end += size;
      continue;
    }
    const size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const distance = copyDistance(kind, tag, little);
    // Byte by byte, because a copy may overlap what it writes.
    for (let index = 0; index < size; index += 1, end += 1)
      output[end] = output[end - distance] ?? 0;
  }
  return output;
}

function copyDistance(kind: number, tag: number, little: (count: number) => number): number {
  if (kind === 1) return (tag >> 5) * 256 + little(1);
  return little(kind === 2 ? 2 : 4);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
