const SECTION = /(<!-- table: ([a-z-]+) -->\n)[\s\S]*?<!-- end -->/gu;

export type Tables = Readonly<Record<string, () => string>>;

/** The names of the generated tables that a text has places for. */
export function tableNames(text: string): readonly string[] {
  return [...text.matchAll(SECTION)].map((match) => match[2] ?? '');
}

/** The text with every generated table made again. */
export function fillTables(text: string, tables: Tables): string {
  return text.replaceAll(SECTION, (_, open: string, name: string) => {
    const table = tables[name];
    if (table === undefined) throw new Error(`Cannot fill the table "${name}": no such table`);
    return `${open}${table()}\n<!-- end -->`;
  });
}
