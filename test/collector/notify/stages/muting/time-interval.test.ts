import { expect, test } from 'vitest';

import {
  containsTime,
  type TimeSpan,
} from '../../../../../collector/src/notify/stages/muting/time-interval.ts';
import {
  parseDaysOfMonth,
  parseMonths,
  parseTimeOfDay,
  parseWeekdays,
  parseYears,
} from '../../../../../collector/src/notify/stages/muting/time-interval-text.ts';

function holds(span: Omit<TimeSpan, 'location'> & { location?: string }, time: string): boolean {
  return containsTime({ name: 'n', spans: [{ location: 'UTC', ...span }] }, Date.parse(time));
}

const NINE_TO_FIVE = { begin: 9 * 60, end: 17 * 60 };

test.each([
  // Friday the 2nd of January 2026.
  [{ times: [NINE_TO_FIVE] }, '2026-01-02T09:00:00Z', true],
  [{ times: [NINE_TO_FIVE] }, '2026-01-02T16:59:59Z', true],
  [{ times: [NINE_TO_FIVE] }, '2026-01-02T17:00:00Z', false],
  [{ times: [{ begin: 0, end: parseTimeOfDay('24:00') }] }, '2026-01-02T23:59:59Z', true],
  [{ weekdays: [parseWeekdays('monday:friday')] }, '2026-01-02T00:00:00Z', true],
  [{ weekdays: [parseWeekdays('monday:friday')] }, '2026-01-03T00:00:00Z', false],
  [{ weekdays: [parseWeekdays('sunday')] }, '2026-01-04T12:00:00Z', true],
  [{ daysOfMonth: [parseDaysOfMonth('-1')] }, '2026-02-28T12:00:00Z', true],
  [{ daysOfMonth: [parseDaysOfMonth('-1')] }, '2028-02-28T12:00:00Z', false],
  [{ daysOfMonth: [parseDaysOfMonth('29:31')] }, '2026-02-28T12:00:00Z', false],
  [{ daysOfMonth: [parseDaysOfMonth('25:31')] }, '2026-02-28T12:00:00Z', true],
  [{ daysOfMonth: [parseDaysOfMonth('-31:-25')] }, '2026-02-01T12:00:00Z', true],
  [{ months: [parseMonths('december'), parseMonths('1:2')] }, '2026-02-01T00:00:00Z', true],
  [{ months: [parseMonths('march:november')] }, '2026-02-01T00:00:00Z', false],
  [{ years: [parseYears('2025:2026')] }, '2026-12-31T23:59:59Z', true],
  [{ years: [parseYears('2027')] }, '2026-12-31T23:59:59Z', false],
  // In Tokyo it is nine hours later, in Berlin one, and two in summer.
  [{ years: [parseYears('2027')], location: 'Asia/Tokyo' }, '2026-12-31T15:00:00Z', true],
  [{ times: [NINE_TO_FIVE], location: 'Europe/Berlin' }, '2026-01-02T08:00:00Z', true],
  [{ times: [NINE_TO_FIVE], location: 'Europe/Berlin' }, '2026-07-02T07:00:00Z', true],
  [{ times: [NINE_TO_FIVE], location: 'Europe/Berlin' }, '2026-07-02T06:59:00Z', false],
  // Every field must hold.
  [
    { weekdays: [parseWeekdays('friday')], months: [parseMonths('may')] },
    '2026-01-02T00:00:00Z',
    false,
  ],
  [{}, '2026-01-02T00:00:00Z', true],
])('%j at %s: %s', (span, time, expected) => {
  expect(holds(span, time)).toBe(expected);
});

test.each([
  [parseWeekdays, 'someday'],
  [parseWeekdays, 'friday:monday'],
  [parseWeekdays, 'monday:tuesday:friday'],
  [parseMonths, '0'],
  [parseMonths, '13'],
  [parseMonths, 'may:march'],
  [parseYears, 'soon'],
  [parseYears, '2027:2026'],
  [parseDaysOfMonth, '0'],
  [parseDaysOfMonth, '32'],
  [parseDaysOfMonth, '-1:5'],
  [parseDaysOfMonth, '10:5'],
  [parseTimeOfDay, '24:01'],
  [parseTimeOfDay, '9:00'],
])('%o refuses %j', (parse, text) => {
  expect(() => parse(text)).toThrow(SyntaxError);
});
