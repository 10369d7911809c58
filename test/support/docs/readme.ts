const SECTION = /(<!-- table: ([a-z-]+) -->\n)([\s\S]*?)(\n<!-- end -->)/gu;

export type Tables = Readonly<Record<string, () => string>>;

/** The names of the generated tables that a text has places for. */
export function tableNames(text: string): readonly string[] {
  return [...text.matchAll(SECTION)].map((match) => match[2] ?? '');
}

/** The text with every generated table made again. */
export function fillTables(text: string, tables: Tables): string {
  let filled = '';
  let position = 0;
  for (const match of text.matchAll(SECTION)) {
    const [, open = '', name = '', old = ''] = match;
    const table = tables[name];
    if (table === undefined) throw new Error(`Cannot fill the table "${name}": no such table`);
    const start = match.index + open.length;
    filled += `${text.slice(position, start)}${table()}`;
    position = start + old.length;
  }
  return filled + text.slice(position);
}
