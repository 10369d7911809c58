import * as v from 'valibot';

import type { Matcher } from '../../model/matcher.ts';
import {
  durationMs,
  flag,
  positiveDurationMs,
  text,
  textMap,
  texts,
} from '../../notify/channels/fields.ts';
import { equalMap, labelNames, matchers, regexMap } from './matcher-fields.ts';

/** A route as written; what is absent is inherited. */
export interface RouteEntry {
  readonly receiver?: string | undefined;
  readonly group_by?: readonly string[] | undefined;
  readonly match?: readonly Matcher[] | undefined;
  readonly match_re?: readonly Matcher[] | undefined;
  readonly matchers?: readonly Matcher[] | undefined;
  readonly mute_time_intervals?: readonly string[] | undefined;
  readonly active_time_intervals?: readonly string[] | undefined;
  readonly continue?: boolean | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly group_wait?: number | undefined;
  readonly group_interval?: number | undefined;
  readonly repeat_interval?: number | undefined;
  readonly routes?: readonly RouteEntry[] | undefined;
}

const groupBy = v.pipe(
  labelNames,
  v.check(
    (names) => !names.includes('...') || names.length === 1,
    'expected either "..." alone or label names',
  ),
  v.check((names) => new Set(names).size === names.length, 'expected each label name once'),
);

export const routeSchema: v.GenericSchema<unknown, RouteEntry> = v.strictObject({
  receiver: v.optional(text),
  group_by: v.optional(groupBy),
  match: v.optional(equalMap),
  match_re: v.optional(regexMap),
  matchers: v.optional(matchers),
  mute_time_intervals: v.optional(texts),
  active_time_intervals: v.optional(texts),
  continue: v.optional(flag),
  labels: v.optional(textMap),
  group_wait: v.optional(durationMs),
  group_interval: v.optional(positiveDurationMs),
  repeat_interval: v.optional(positiveDurationMs),
  routes: v.optional(
    v.array(
      v.lazy(() => routeSchema),
      'expected a list of routes',
    ),
  ),
});
