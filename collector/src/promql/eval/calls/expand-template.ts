import type { Matcher, RE2JS } from 're2js';

/** `$$`, `$name` (the longest run of word characters) and `${name}`. */
const REFERENCE = /\$(?:\$|\{(?<braced>[\p{L}\p{Nd}_]+)\}|(?<bare>[\p{L}\p{Nd}_]+))/gu;

/**
 * Expands references to groups the way Go's `Regexp.Expand` does. A group that does not exist or
 * did not take part is empty; a `$` that starts no reference stays.
 */
export function expandTemplate(template: string, matcher: Matcher, regex: RE2JS): string {
  if (!template.includes('$')) return template;
  return template.replaceAll(REFERENCE, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    const number = groupNumber(name, regex);
    if (number === undefined || number > matcher.groupCount()) return '';
    return matcher.group(number) ?? '';
  });
}

function groupNumber(name: string, regex: RE2JS): number | undefined {
  if (/^[0-9]+$/u.test(name)) return Number(name);
  const named: Readonly<Record<string, number | undefined>> = regex.namedGroups();
  return named[name];
}
