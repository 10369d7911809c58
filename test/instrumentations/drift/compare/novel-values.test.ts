import { expect, test } from 'vitest';

import { NovelValues } from '../../../../instrumentations/drift/src/compare/examples/novel-values.ts';

function observed(): NovelValues {
  const novel = new NovelValues();
  for (const isBelow of [true, false, false]) novel.observeNumber(isBelow);
  for (let round = 0; round < 7; round += 1) novel.observeName('often');
  for (let round = 0; round < 5; round += 1) novel.observeName('shared');
  for (let round = 0; round < 4; round += 1) novel.observeName('could be a person');
  return novel;
}

const restored = (novel: NovelValues): NovelValues =>
  new NovelValues(JSON.parse(JSON.stringify(novel.snapshot())));

test('a snapshot goes on where it was taken, with names that are not told yet', () => {
  const copy = restored(observed());
  expect({ below: copy.below, above: copy.above, categories: copy.categories() }).toEqual({
    below: 1,
    above: 2,
    categories: [
      { category: 'often', count: 7 },
      { category: 'shared', count: 5 },
    ],
  });
  copy.observeName('could be a person');
  expect(copy.categories()).toContainEqual({ category: 'could be a person', count: 5 });
});

test('a snapshot of more names than are kept does not make it grow', () => {
  const names = Array.from({ length: 1000 }, (_, index) => [`c${index}`, 9] as const);
  const copy = new NovelValues({ below: 0, above: 0, names });
  expect(copy.snapshot().names.length).toBe(32);
});
