import { expect, test } from 'vitest';

import { ReplayedData } from '../../../../collector/src/runtime/durable/replayed-data.ts';

test.for([
  { name: 'a whole log of a moment ago', newestMs: 99_000, isDamaged: false, expected: 0 },
  { name: 'a log that ended long ago', newestMs: 30_000, isDamaged: false, expected: 100_000 },
  { name: 'a damaged log', newestMs: 99_000, isDamaged: true, expected: 100_000 },
  { name: 'no log', newestMs: undefined, isDamaged: false, expected: 100_000 },
])('ReplayedData.coveredSince() after $name', ({ newestMs, isDamaged, expected }) => {
  const data = new ReplayedData();
  if (newestMs !== undefined) data.note(newestMs);
  if (isDamaged) data.noteDamage();
  expect(data.coveredSince(100_000)).toBe(expected);
});
