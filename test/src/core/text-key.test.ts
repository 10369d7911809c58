import fc from 'fast-check';
import { expect, test } from 'vitest';

import { textKey } from '@telltale/core';

/** Short texts of what keys were once joined by, and of what this key is made of. */
const part = fc.string({
  unit: fc.constantFrom('a', 'b', '1', '2', ':', ';', '=', '\u00ff', '\u0000', '\n', '"', '😀'),
  maxLength: 4,
});
const parts = fc.array(part, { maxLength: 4 });

test('textKey() is equal for equal lists only', () => {
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const isSame = left.length === right.length && left.every((text, at) => text === right[at]);
      return (textKey(left) === textKey(right)) === isSame;
    }),
    { numRuns: 5000 },
  );
});

test.for([
  [['a', 'b'], ['a\u00ffb']],
  [['a', ''], ['a']],
  [['', ''], ['']],
  [['1:a'], ['a']],
  [['a1:b'], ['a', 'b']],
] as const)('textKey() tells %j from %j', ([left, right]) => {
  expect(textKey(left)).not.toBe(textKey(right));
});
