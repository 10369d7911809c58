import { expect, test } from 'vitest';

import { printable } from '../../../src/core/src/printable.ts';

test.for([
  ['plain text\n\twith lines', 'plain text\n\twith lines'],
  ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
  ['\u001b[2J', '\\x1b[2J'],
  ['a\rb\u0000', 'a\\x0db\\x00'],
  ['\u009b31m', '\\x9b31m'],
  ['abc\u202edcba', 'abc\\u202edcba'],
  ['Zürich 東京 🙂', 'Zürich 東京 🙂'],
] as const)('printable(%j)', ([text, expected]) => {
  expect(printable(text)).toBe(expected);
});
