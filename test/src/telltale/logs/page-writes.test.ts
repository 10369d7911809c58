import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  nextWrite,
  PAGE_BYTES,
  type WaitingLine,
} from '../../../../src/telltale/src/logs/page-writes.ts';

const line = (size: number): WaitingLine => ({
  text: `${JSON.stringify('x'.repeat(size - 3))}\n`,
  size,
});

/** All writes of these lines into an empty file. */
function writesOf(sizes: readonly number[]): { readonly at: number; readonly text: string }[] {
  const waiting = sizes.map(line);
  const writes: { at: number; text: string }[] = [];
  let offset = 0;
  while (waiting.length > 0) {
    const { text, size, lines } = nextWrite(waiting, offset);
    writes.push({ at: offset, text });
    waiting.splice(0, lines);
    offset += size;
  }
  return writes;
}

const sizes = fc.array(fc.integer({ min: 3, max: PAGE_BYTES }), { minLength: 1, maxLength: 60 });

test('no write crosses the end of a page', () => {
  fc.assert(
    fc.property(sizes, (given) =>
      writesOf(given).every(
        ({ at, text }) =>
          Math.floor(at / PAGE_BYTES) === Math.floor((at + text.length - 1) / PAGE_BYTES),
      ),
    ),
  );
});

test('every line is there, in order, and is JSON in spite of the spaces', () => {
  fc.assert(
    fc.property(sizes, (given) => {
      const text = writesOf(given)
        .map((write) => write.text)
        .join('');
      const lengths = text
        .trimEnd()
        .split('\n')
        .map((one) => (JSON.parse(one) as string).length);
      return lengths.every((length, index) => length === (given[index] ?? 0) - 3);
    }),
  );
});

test('a file whose last write was cut off ends in whole lines or spaces', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), (given, cut) => {
      const writes = writesOf(given);
      const kept = writes.slice(0, cut % (writes.length + 1)).map(({ text }) => text);
      const rest = kept.join('').split('\n').at(-1) ?? '';
      return rest.trim() === '';
    }),
  );
});

test('a line longer than a page is one write', () => {
  const [write] = writesOf([PAGE_BYTES * 3]);
  expect(write?.text).toHaveLength(PAGE_BYTES * 3);
});
