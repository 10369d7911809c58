import * as v from 'valibot';

import { text } from '../../notify/channels/fields.ts';
import { LabelMatchers } from '../../notify/stages/matching/label-matchers.ts';
import type { InhibitRule } from '../../notify/stages/muting/inhibit.ts';
import { equalMap, labelNames, matchers, regexMap } from './matcher-fields.ts';

export const inhibitRuleSchema: v.GenericSchema<unknown, InhibitRule> = v.pipe(
  v.strictObject({
    name: v.optional(text, ''),
    source_match: v.optional(equalMap, {}),
    source_match_re: v.optional(regexMap, {}),
    source_matchers: v.optional(matchers, []),
    target_match: v.optional(equalMap, {}),
    target_match_re: v.optional(regexMap, {}),
    target_matchers: v.optional(matchers, []),
    equal: v.optional(labelNames, []),
  }),
  v.transform(
    (entry): InhibitRule => ({
      name: entry.name,
      source: new LabelMatchers([
        ...entry.source_match,
        ...entry.source_match_re,
        ...entry.source_matchers,
      ]),
      target: new LabelMatchers([
        ...entry.target_match,
        ...entry.target_match_re,
        ...entry.target_matchers,
      ]),
      equal: entry.equal,
    }),
  ),
);
