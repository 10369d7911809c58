import * as v from 'valibot';

import { converted, nonEmptyText } from '../../notify/channels/fields.ts';
import {
  isLocation,
  type NumberRange,
  type TimeInterval,
  type TimeSpan,
} from '../../notify/stages/muting/time-interval.ts';
import {
  parseDaysOfMonth,
  parseMonths,
  parseTimeOfDay,
  parseWeekdays,
  parseYears,
} from '../../notify/stages/muting/time-interval-text.ts';

/** A text that a parser turns into something; its error is the problem. */
function parsed<Value>(parse: (text: string) => Value): v.GenericSchema<unknown, Value> {
  return v.pipe(
    v.string('expected a text'),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(dataset.value);
      } catch (error) {
        addIssue({ message: (error as Error).message });
        return NEVER;
      }
    }),
  );
}

function ranges(
  parse: (text: string) => NumberRange,
): v.GenericSchema<unknown, readonly NumberRange[]> {
  return v.array(parsed(parse), 'expected a list of ranges');
}

const timeRange: v.GenericSchema<unknown, NumberRange> = v.pipe(
  v.strictObject({ start_time: parsed(parseTimeOfDay), end_time: parsed(parseTimeOfDay) }),
  v.check(
    ({ start_time: start, end_time: end }) => start < end,
    'expected a start_time before its end_time',
  ),
  v.transform(({ start_time: begin, end_time: end }) => ({ begin, end })),
);

const location = converted(
  (name) => (isLocation(name) ? name : undefined),
  'expected a place of the time zone database, such as Europe/Berlin',
);

const timeSpan: v.GenericSchema<unknown, TimeSpan> = v.pipe(
  v.strictObject({
    times: v.optional(v.array(timeRange, 'expected a list of times')),
    weekdays: v.optional(ranges(parseWeekdays)),
    days_of_month: v.optional(ranges(parseDaysOfMonth)),
    months: v.optional(ranges(parseMonths)),
    years: v.optional(ranges(parseYears)),
    location: v.optional(location, 'UTC'),
  }),
  v.transform(
    ({
      times,
      weekdays,
      days_of_month: daysOfMonth,
      months,
      years,
      location: place,
    }): TimeSpan => ({
      ...(times === undefined ? {} : { times }),
      ...(weekdays === undefined ? {} : { weekdays }),
      ...(daysOfMonth === undefined ? {} : { daysOfMonth }),
      ...(months === undefined ? {} : { months }),
      ...(years === undefined ? {} : { years }),
      location: place,
    }),
  ),
);

export const timeIntervalSchema: v.GenericSchema<unknown, TimeInterval> = v.pipe(
  v.strictObject({
    name: nonEmptyText,
    time_intervals: v.optional(v.array(timeSpan, 'expected a list of times'), []),
  }),
  v.transform(({ name, time_intervals: spans }) => ({ name, spans })),
);
