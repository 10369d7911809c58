import * as v from 'valibot';

import { isPlainLabelName } from '../../model/go-string.ts';
import { compileMatcher, type Matcher, RegexError } from '../../model/matcher.ts';
import { textMap, texts } from '../../notify/channels/fields.ts';
import { parseMatchers } from '../../notify/stages/matching/label-matchers.ts';

/** A list of matchers, each text one or more of them. */
export const matchers: v.GenericSchema<unknown, readonly Matcher[]> = v.pipe(
  texts,
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return dataset.value.flatMap((line) => parseMatchers(line));
    } catch (error) {
      addIssue({ message: `expected matchers such as team="x": ${(error as Error).message}` });
      return NEVER;
    }
  }),
);

/** The older form: `match: {team: x}` or `match_re: {team: 'x|y'}`. */
function matcherMap(operator: '=' | '=~'): v.GenericSchema<unknown, readonly Matcher[]> {
  return v.pipe(
    textMap,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const found = Object.entries(dataset.value).map(([name, text]) => {
        // Alertmanager writes the anchors into the expression, and so into group keys.
        return { name, operator, value: operator === '=~' ? `^(?:${text})$` : text };
      });
      const bad = found.map(problemOf).find((problem) => problem !== undefined);
      if (bad === undefined) return found;
      addIssue({ message: bad });
      return NEVER;
    }),
  );
}

function problemOf(matcher: Matcher): string | undefined {
  if (!isPlainLabelName(matcher.name))
    return `expected a label name: current value is "${matcher.name}"`;
  try {
    compileMatcher(matcher);
    return undefined;
  } catch (error) {
    if (error instanceof RegexError) return `expected a regular expression: ${error.message}`;
    throw error;
  }
}

export const equalMap: v.GenericSchema<unknown, readonly Matcher[]> = matcherMap('=');
export const regexMap: v.GenericSchema<unknown, readonly Matcher[]> = matcherMap('=~');

const labelName = v.pipe(v.string('expected a label name'), v.nonEmpty('expected a label name'));

export const labelNames: v.GenericSchema<unknown, readonly string[]> = v.array(
  labelName,
  'expected a list of label names',
);
