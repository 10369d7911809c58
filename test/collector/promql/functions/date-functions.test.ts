import { expect, test } from 'vitest';

import { DATE_FUNCTIONS } from '../../../../collector/src/promql/functions/date-functions.ts';

const NAMES = [
  'year',
  'month',
  'day_of_month',
  'hour',
  'minute',
  'day_of_week',
  'day_of_year',
  'days_in_month',
];

// Printed by Go 1.26 on amd64; what does not fit 64 bits becomes the same far moment there.
test.for([
  [0, 1970, 1, 1, 0, 0, 4, 1, 31],
  [951_782_400, 2000, 2, 29, 0, 0, 2, 60, 29],
  [-62_135_596_801, 0, 12, 31, 23, 59, 0, 366, 31],
  [253_402_300_800, 10_000, 1, 1, 0, 0, 6, 1, 31],
  [1e13, 318_857, 5, 20, 17, 46, 0, 140, 31],
  [-1e13, -314_918, 8, 13, 6, 13, 0, 225, 31],
  [9e18, 285_198_648_531, 4, 21, 16, 0, 6, 111, 30],
  [-9e18, -285_198_644_592, 9, 12, 8, 0, 1, 256, 30],
  [NaN, 292_277_026_596, 12, 4, 15, 30, 0, 339, 31],
  [Infinity, 292_277_026_596, 12, 4, 15, 30, 0, 339, 31],
] as const)('parts of the time %d', ([seconds, ...expected]) => {
  expect(NAMES.map((name) => DATE_FUNCTIONS.get(name)?.(seconds))).toEqual(expected);
});
