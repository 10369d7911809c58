import { describe, expect, test } from 'vitest';

import { PromqlError } from '../../../collector/src/promql/error.ts';

describe('PromqlError', () => {
  const text = 'sum(\n  "é" + rate(foo)\n)';
  const error = new PromqlError({
    code: 'PROMQL_TYPE',
    reason: 'expected type range vector',
    text,
    start: 19,
    end: 22,
  });

  test('places the fault by line and byte column', () => {
    const { message, line, column } = error;
    expect({ message, line, column }).toEqual({
      message: '2:15: parse error: expected type range vector',
      line: 2,
      column: 15,
    });
  });

  test('format() prints the line and a caret under the fault', () => {
    expect(error.format()).toBe(
      [
        '2:15: parse error: expected type range vector',
        '    "é" + rate(foo)',
        '               ^^^',
      ].join('\n'),
    );
  });

  test('format() keeps the caret inside the line and shows one at the end of input', () => {
    const atEnd = { code: 'PROMQL_SYNTAX', reason: 'r', text: 'foo{\n', start: 4, end: 5 } as const;
    expect(new PromqlError(atEnd).format()).toBe('1:5: parse error: r\n  foo{\n      ^');
  });

  test('an evaluation error keeps its text without a position', () => {
    const options = {
      code: 'PROMQL_EVALUATION',
      reason: 'r',
      text: 'a',
      start: 0,
      end: 1,
    } as const;
    expect(new PromqlError(options).message).toBe('r');
  });

  test('is() recognises it by brand', () => {
    expect([PromqlError.is(error), PromqlError.is(new Error('x')), PromqlError.is(null)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});
