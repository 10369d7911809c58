import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PromqlError } from '../../../../collector/src/promql/error.ts';
import { parseExpr } from '../../../../collector/src/promql/parser/parse.ts';
import { printExpr } from '../../../../collector/src/promql/printer.ts';
import { ALL_FEATURES } from '../../../support/promql/all-features.ts';
import { vectorExpr, withoutPositions } from './expressions.ts';
import { PARSE_ERRORS } from './parse-errors.ts';
import { upstreamExpressions } from './upstream-expressions.ts';

const upstream = upstreamExpressions();

function isRoundTrip(expression: string): boolean {
  const first = parseExpr(expression, ALL_FEATURES);
  const second = parseExpr(printExpr(first), ALL_FEATURES);
  return JSON.stringify(withoutPositions(first)) === JSON.stringify(withoutPositions(second));
}

/** Whether the text parses or is refused with a placed error: nothing else may ever happen. */
function isRefusedProperly(expression: string): boolean {
  try {
    parseExpr(expression, ALL_FEATURES);
    return true;
  } catch (error) {
    if (!PromqlError.is(error)) return false;
    const isPlaced = error.start >= 0 && error.start <= error.end;
    return isPlaced && error.format().split('\n').length === 3;
  }
}

describe('the scripts of Prometheus', () => {
  test.skipIf(upstream.length === 0)(
    `all ${upstream.length} expressions parse and print back`,
    () => {
      expect(upstream.filter((expression) => !isRoundTrip(expression))).toEqual([]);
      expect(upstream.length).toBeGreaterThanOrEqual(2214);
    },
  );
});

describe('parse, print, parse', () => {
  test('gives the same tree for any tree', () => {
    fc.assert(
      fc.property(vectorExpr, (expr) => {
        const again = parseExpr(printExpr(expr), ALL_FEATURES);
        return JSON.stringify(withoutPositions(again)) === JSON.stringify(withoutPositions(expr));
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseExpr() on broken text', () => {
  const seeds = [
    ...PARSE_ERRORS.map(([expression]) => expression),
    'sum by (job) (rate(a{b=~"c.*"}[5m:1m] offset 5m @ start())) / on (x) group_left (y) 1h',
    ...upstream.slice(0, 300),
  ];

  test('throws nothing but PromqlError on any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 30 }), isRefusedProperly), {
      numRuns: 2000,
    });
  });

  test('throws nothing but PromqlError on cut and joined expressions', () => {
    const piece = fc
      .tuple(fc.constantFrom(...seeds), fc.nat(80), fc.nat(80))
      .map(([seed, start, length]) => seed.slice(start, start + length));
    const joined = fc
      .array(piece, { minLength: 1, maxLength: 4 })
      .map((pieces) => pieces.join(' '));
    fc.assert(fc.property(joined, isRefusedProperly), { numRuns: 3000 });
  });
});
