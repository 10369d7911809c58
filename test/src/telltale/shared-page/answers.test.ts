import { expect, test } from 'vitest';

import { LastAnswers } from '../../../../src/telltale/src/shared-page/answers.ts';
import type { ThreadPage } from '../../../../src/telltale/src/shared-page/thread-page.ts';

const page = (text: string): ThreadPage => ({
  summary: { pid: 1, thread_id: 0, started_at: '', telltale: '', models: [] },
  text,
});

const texts = async (answers: LastAnswers, ask: () => void, timeoutMs: number): Promise<unknown> =>
  (await answers.heard('text', { ask, timeoutMs })).map(({ text, isLate }) => [text, isLate]);

test('one that answers late keeps its last page, is not asked twice at once, and is asked again', async () => {
  const answers = new LastAnswers();
  let asked = 0;
  const answer = (text: string) => (): void => {
    asked += 1;
    queueMicrotask(() => answers.hear('text', [page(text)]));
  };
  expect(await texts(answers, answer('a'), 10_000)).toEqual([['a', false]]);
  const silent = (): void => {
    asked += 1;
  };
  expect(await texts(answers, silent, 1)).toEqual([['a', true]]);
  expect(await texts(answers, silent, 1)).toEqual([['a', true]]);
  expect(asked).toBe(2);
  answers.hear('text', [page('b')]);
  expect(await texts(answers, answer('c'), 10_000)).toEqual([['c', false]]);
  expect(asked).toBe(3);
});

test('one that cannot answer is asked again', async () => {
  const answers = new LastAnswers();
  const refuse = (): void => queueMicrotask(() => answers.refuse('text'));
  expect(await texts(answers, refuse, 10_000)).toEqual([]);
  const answer = (): void => queueMicrotask(() => answers.hear('text', [page('a')]));
  expect(await texts(answers, answer, 10_000)).toEqual([['a', false]]);
  expect(await texts(answers, refuse, 10_000)).toEqual([['a', true]]);
});

test('a page stands in for a summary that is late', async () => {
  const answers = new LastAnswers();
  answers.hear('text', [page('a')]);
  const late = await answers.heard('summary', { ask: () => {}, timeoutMs: 1 });
  expect(late).toEqual([{ summary: page('a').summary, isLate: true }]);
});

test('one that ends is shown no more', async () => {
  const answers = new LastAnswers();
  answers.hear('text', [page('a')]);
  expect(await texts(answers, () => queueMicrotask(() => answers.end()), 10_000)).toEqual([]);
});
