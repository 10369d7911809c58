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
  /** The first thing that could not be read, which is left out: it may be half typed. */
  readonly problem?: string;
}

const MATCHER =
  /^(?<name>[A-Za-z_][\w.:-]*|"(?:[^"\\]|\\.)*")\s*(?<operator>=~|!~|!=|=)\s*(?<value>"(?:[^"\\]|\\.)*"|[^\s,{}"]+)/u;
/** What a matcher is while it is typed: it lacks its value, or the end of it. */
const BEGUN =
  /^(?<name>[A-Za-z_][\w.:-]*|"(?:[^"\\]|\\.)*")\s*(?:=~|!~|!=|=|!)\s*(?:"(?:[^"\\]|\\.)*\\?)?$/u;
const WORD = /^[^\s,]+/u;
const BETWEEN = /^[\s,]+/u;

/** Reads `severity="critical", instance=~"eu-.*" timeout`. Braces around it do not matter. */
export function parseFilter(text: string): Filter {
  const matchers: Matcher[] = [];
  const words: string[] = [];
  const problems: string[] = [];
  let rest = text.trim().replace(/^\{(?<inner>.*)\}$/su, '$<inner>');
  for (rest = rest.replace(BETWEEN, ''); rest !== ''; rest = rest.replace(BETWEEN, '')) {
    const begun = BEGUN.exec(rest)?.groups?.['name'];
    if (begun !== undefined) {
      problems.push(`Not finished: ${begun}="value" is expected`);
      break;
    }
    const found = MATCHER.exec(rest);
    const word = WORD.exec(rest)?.[0] ?? rest;
    if (found === null) words.push(word.toLowerCase());
    else {
      const matcher = matcherOf(found.groups ?? {});
      const problem = problemOf(matcher);
      if (problem === undefined) matchers.push(matcher);
      else problems.push(problem);
    }
    rest = rest.slice(found === null ? word.length : found[0].length);
  }
  const [problem] = problems;
  return { matchers, words, ...(problem === undefined ? {} : { problem }) };
}

function matcherOf(groups: Readonly<Record<string, string>>): Matcher {
  const { name = '', operator = '=', value = '' } = groups;
  return { name: unquote(name), operator: operator as Operator, value: unquote(value) };
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

/** A test for alerts. What could not be read of the filter hides nothing. */
export function filterTest(
  filter: Filter,
): (alert: {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}) => boolean {
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
