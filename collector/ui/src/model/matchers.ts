export type Operator = '=' | '!=' | '=~' | '!~';

export interface Matcher {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
}

/** What the filter line asks for: label matchers, and words that stand anywhere. */
export interface Filter {
  readonly matchers: readonly Matcher[];
  readonly words: readonly string[];
  /** The first thing that could not be read. */
  readonly problem?: string;
}

const MATCHER =
  /^\s*(?<name>[A-Za-z_][\w.:-]*|"(?:[^"\\]|\\.)*")\s*(?<operator>=~|!~|!=|=)\s*(?<value>"(?:[^"\\]|\\.)*"|[^\s,{}"]+)\s*,?/u;
const WORD = /^\s*(?<word>[^\s,]+)\s*,?/u;

/** Reads `severity="critical", instance=~"eu-.*" timeout`. Braces around it do not matter. */
export function parseFilter(text: string): Filter {
  const matchers: Matcher[] = [];
  const words: string[] = [];
  let rest = text.trim().replace(/^\{(?<inner>.*)\}$/su, '$<inner>');
  while (rest.trim() !== '') {
    const groups = MATCHER.exec(rest);
    if (groups === null) {
      const word = WORD.exec(rest);
      rest = rest.slice(word?.[0].length ?? 0);
      const said = word?.groups?.['word'] ?? '';
      if (said !== '') words.push(said.toLowerCase());
      else rest = rest.replace(/^\s*,/u, '');
      continue;
    }
    rest = rest.slice(groups[0].length);
    const { name = '', operator = '=', value = '' } = groups.groups ?? {};
    matchers.push({ name: unquote(name), operator: operator as Operator, value: unquote(value) });
  }
  const problem = matchers.map(problemOf).find((each) => each !== undefined);
  return { matchers, words, ...(problem === undefined ? {} : { problem }) };
}

function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1).replaceAll(/\\(?<escaped>.)/gu, '$<escaped>');
  }
}

function problemOf({ name, operator, value }: Matcher): string | undefined {
  if (!operator.endsWith('~')) return undefined;
  try {
    wholeText(value);
    return undefined;
  } catch {
    return `Cannot read the pattern of "${name}": ${value}`;
  }
}

const wholeText = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'su');

/** `name="value"` as people and configuration files write it. */
export function printMatcher({ name, operator, value }: Matcher): string {
  return `${name}${operator}${JSON.stringify(value)}`;
}

/** A test for alerts. A filter that cannot be read lets everything through. */
export function filterTest(
  filter: Filter,
): (alert: {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}) => boolean {
  if (filter.problem !== undefined) return () => true;
  const tests = filter.matchers.map(({ name, operator, value }) => {
    const isLike = operator.endsWith('~')
      ? (text: string): boolean => wholeText(value).test(text)
      : (text: string): boolean => text === value;
    const isWanted = operator.startsWith('=');
    return { name, test: (text: string): boolean => isLike(text) === isWanted };
  });
  return ({ labels, annotations }) => {
    if (!tests.every(({ name, test }) => test(labels[name] ?? ''))) return false;
    if (filter.words.length === 0) return true;
    const text = [...Object.values(labels), ...Object.values(annotations)].join('\n').toLowerCase();
    return filter.words.every((word) => text.includes(word));
  };
}
