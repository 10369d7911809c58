import { describe, expect, test } from 'vitest';

import {
  isPlainLabelName,
  isUtf8LabelName,
  quoteGo,
} from '../../../collector/src/model/go-string.ts';

describe('quoteGo()', () => {
  test.for<[string, string]>([
    ['plain', '"plain"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\u0007\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\u0000\u007f', '"\\x00\\x7f"'],
    ['é😀', '"é😀"'],
    ['\u200b\u00a0', '"\\u200b\\u00a0"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['a\udcc5z', '"a\\xc5z"'],
  ])('quotes %j', ([text, quoted]) => {
    expect(quoteGo(text)).toBe(quoted);
  });

  test('quotes a character with single quotes', () => {
    expect([quoteGo("'", "'"), quoteGo('"', "'")]).toEqual(["'\\''", "'\"'"]);
  });
});

test.for<[string, boolean, boolean]>([
  ['job', true, true],
  ['__name__', true, true],
  ['1a', false, true],
  ['a.b', false, true],
  ['', false, false],
  ['a\udcc5', false, false],
])('label name %j', ([name, isPlain, isUtf8]) => {
  expect([isPlainLabelName(name), isUtf8LabelName(name)]).toEqual([isPlain, isUtf8]);
});
