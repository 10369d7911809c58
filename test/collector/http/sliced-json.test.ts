import { expect, test } from 'vitest';

import { objectParts, slicedJson } from '../../../collector/src/http/sliced-json.ts';

test.for<[object, string[], object]>([
  [{}, [], {}],
  [{ a: 1 }, ['1', '{"b":2}'], { c: [3] }],
  [{}, ['"é"'], {}],
])('objectParts(%j) are one JSON object', async ([head, entries, tail]) => {
  const list = { name: 'list', entries: entries.map((entry) => [entry]) };
  const pieces = await slicedJson(objectParts(head, list, tail));
  expect(JSON.parse(Buffer.concat(pieces).toString('utf8'))).toEqual({
    ...head,
    list: entries.map((entry) => JSON.parse(entry) as unknown),
    ...tail,
  });
});

test('slicedJson() lets others have their turns', async () => {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  function* parts(): Generator<string> {
    const endMs = performance.now() + 50;
    while (performance.now() < endMs) yield ' ';
    yield '1';
  }
  const pieces = await slicedJson(parts());
  isOver = true;
  expect(turns).toBeGreaterThan(3);
  expect(JSON.parse(Buffer.concat(pieces).toString('utf8'))).toBe(1);
});
