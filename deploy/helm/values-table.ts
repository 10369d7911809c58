import { parse } from 'yaml';

interface Documented {
  /** Keys from the root, joined by dots. */
  readonly path: string;
  readonly meaning: string;
  readonly value: unknown;
}

/**
 * The values of a chart that a comment `# -- ...` stands above, in their order. A value with such a
 * comment is one row, whatever is in it.
 */
export function documentedValues(text: string): readonly Documented[] {
  const values: unknown = parse(text);
  const rows: Documented[] = [];
  const keys: string[] = [];
  let meaning: string | undefined;
  for (const line of text.split('\n')) {
    const comment = /^ *# -- (?<meaning>.*)$/u.exec(line)?.groups?.['meaning'];
    if (comment !== undefined) meaning = comment;
    const { indent, key } = /^(?<indent> *)(?<key>[A-Za-z][\w-]*):/u.exec(line)?.groups ?? {};
    if (indent === undefined || key === undefined) continue;
    keys.splice(indent.length / 2, Number.POSITIVE_INFINITY, key);
    if (meaning === undefined) continue;
    rows.push({ path: keys.join('.'), meaning, value: valueAt(values, keys) });
    meaning = undefined;
  }
  return rows;
}

/** Leaves of the values that have no row and stand below none, so that nothing is left unsaid. */
export function undocumentedValues(text: string): readonly string[] {
  const known = new Set(documentedValues(text).map(({ path }) => path));
  const missing: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (known.has(path)) return;
    if (isMap(value)) {
      const below = Object.entries(value);
      for (const [key, inner] of below) visit(inner, path === '' ? key : `${path}.${key}`);
      if (below.length > 0) return;
    }
    missing.push(path);
  };
  visit(parse(text), '');
  return missing;
}

/** The rows as a table in Markdown. */
export function valuesTable(text: string): string {
  const rows = documentedValues(text).map(({ path, meaning, value }) => {
    const shown = value === '' ? 'empty' : `\`${JSON.stringify(value)}\``;
    return `| \`${path}\` | ${shown.replaceAll('|', '\\|')} | ${meaning.replaceAll('|', '\\|')} |`;
  });
  return ['| Value | Default | Meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function valueAt(values: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isMap(inner) ? inner[key] : undefined), values);
}
