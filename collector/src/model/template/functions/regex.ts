import { RE2JS, RE2JSException } from 're2js';

import { quoteGo } from '../../go-string.ts';
import { type Budget, type GoFunction, textOf } from '../value.ts';

const TEXT_MAX = 1 << 20;
/** Characters of text times characters of pattern that count as one step. */
const WORK_PER_STEP = 4_096;

function compile(pattern: string, call: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    throw new Error(call + cause.message, { cause });
  }
}

function spendOn(pattern: string, text: string, budget: Budget): void {
  budget.spend(Math.ceil((text.length * (pattern.length + 16)) / WORK_PER_STEP));
}

/**
 * Replaces every match of an RE2 expression; `$1` and `${name}` in `replacement` stand for groups.
 *
 * @throws {Error} for an expression that does not parse, or a result over a million characters.
 */
function replaceAllRegex(
  text: string,
  rule: { readonly pattern: string; readonly replacement: string },
  budget: Budget,
): string {
  const regex = compile(rule.pattern, `regexp: Compile(${quoteGo(rule.pattern)}): `);
  spendOn(rule.pattern, text, budget);
  const matcher = regex.matcher(text);
  const names = regex.namedGroups();
  let result = '';
  let from = 0;
  while (matcher.find()) {
    result += text.slice(from, matcher.start());
    // No empty match right behind another match, as in Go.
    if (matcher.end() === from && from > 0) continue;
    result += expand(rule.replacement, (name) => matchedGroup(matcher, names, name));
    from = matcher.end();
    if (result.length > TEXT_MAX) throw new Error(`text exceeds ${TEXT_MAX} characters`);
  }
  return result + text.slice(from);
}

type Matcher = ReturnType<RE2JS['matcher']>;

function matchedGroup(
  matcher: Matcher,
  names: Readonly<Record<string, number>>,
  name: string,
): string {
  const index = /^[0-9]+$/u.test(name) ? Number(name) : names[name];
  if (index === undefined || index > matcher.groupCount()) return '';
  return matcher.group(index) ?? '';
}

/** Go's template of a replacement: `$name` takes as many letters, digits and `_` as it can. */
function expand(replacement: string, group: (name: string) => string): string {
  return replacement.replaceAll(/\$(?:\$|\{[\p{L}\p{Nd}_]+\}|[\p{L}\p{Nd}_]+)/gu, (reference) =>
    reference === '$$' ? '$' : group(reference.replaceAll(/[${}]/gu, '')),
  );
}

/** `match` and `reReplaceAll`, unanchored and linear in the text whatever the expression. */
export const REGEX_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  match: {
    parameters: ['string', 'string'],
    call: ([pattern, text], budget) => {
      spendOn(textOf(pattern), textOf(text), budget);
      return compile(textOf(pattern), '').matcher(textOf(text)).find();
    },
  },
  reReplaceAll: {
    parameters: ['string', 'string', 'string'],
    call: ([pattern, replacement, text], budget) => {
      const rule = { pattern: textOf(pattern), replacement: textOf(replacement) };
      return replaceAllRegex(textOf(text), rule, budget);
    },
  },
};
