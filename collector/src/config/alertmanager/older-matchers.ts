import {
  formatMatcher,
  newerReading,
  parseMatchers,
} from '../../notify/stages/matching/label-matchers.ts';

const KEYS: ReadonlySet<string> = new Set(['matchers', 'source_matchers', 'target_matchers']);

/**
 * Warnings about matchers that only the older grammar reads, or that the newer one reads otherwise:
 * Alertmanager will take the older one away. Call it with a file whose matchers all parse.
 *
 * @param value a part of the file, as plain values; `path` says where it stands.
 */
export function olderMatchers(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    const place = Array.isArray(value) ? `${path}[${key}]` : `${path}${path && '.'}${key}`;
    if (!KEYS.has(key)) return olderMatchers(each, place);
    return textsOf(each).flatMap((text, index) => warningOf(text, `${place}[${index}]`));
  });
}

const textsOf = (value: unknown): readonly string[] =>
  [value].flat().filter((each) => typeof each === 'string');

function warningOf(text: string, place: string): readonly string[] {
  const reading = newerReading(text);
  if (reading === 'same') return [];
  const what = reading === 'none' ? 'cannot read' : 'reads otherwise';
  const better = parseMatchers(text).map(formatMatcher).join(',');
  return [
    `${place}: newer versions of Alertmanager ${what} ${JSON.stringify(text)}; write ${JSON.stringify(better)}`,
  ];
}
