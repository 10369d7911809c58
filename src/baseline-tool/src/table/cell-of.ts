/** The text of a value of JSON or Parquet, as a table of text would hold it; null is empty. */
export function cellOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  return (JSON.stringify(value, bigints) ?? '').replaceAll(/^"|"$/gu, '');
}

const bigints = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;
