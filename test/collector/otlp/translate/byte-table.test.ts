import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ByteTable } from '../../../../collector/src/otlp/translate/byte-table.ts';

function rangeOf(bytes: Uint8Array): { view: DataView; from: number; to: number } {
  // Behind other bytes, as in a request.
  const buffer = new Uint8Array(bytes.length + 5);
  buffer.set(bytes, 3);
  return { view: new DataView(buffer.buffer), from: 3, to: 3 + bytes.length };
}

const key = fc.record({
  parent: fc.integer({ min: -3, max: 3 }),
  bytes: fc.uint8Array({ maxLength: 9, max: 3 }),
});

describe('ByteTable', () => {
  test('numbers equal bytes of one parent equally, as a map does', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), fc.integer(), (keys, seed) => {
        const table = new ByteTable(seed);
        const known = new Map<string, number>();
        return keys.every(({ parent, bytes }) => {
          const name = `${parent}:${bytes.join()}`;
          const expected = known.get(name) ?? known.size;
          known.set(name, expected);
          return table.number(parent, rangeOf(bytes)) === expected;
        });
      }),
    );
  });

  test('keeps its numbers while it grows', () => {
    const table = new ByteTable();
    const bytes = (n: number): Uint8Array => new TextEncoder().encode(`series ${n}`);
    const numbers = (): number[] =>
      Array.from({ length: 10_000 }, (_, n) => table.number(7, rangeOf(bytes(n))));
    const first = numbers();
    expect(numbers()).toEqual(first);
    expect(table.size).toBe(10_000);
    table.clear();
    expect(table.size).toBe(0);
    expect(table.number(7, rangeOf(bytes(9999)))).toBe(0);
  });
});
