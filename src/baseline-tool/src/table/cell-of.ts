/** The text of a value of JSON or Parquet, as a table of text would hold it; null is empty. */
export function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return JSON.stringify(value, bigints) ?? '';
  return typeof value === 'string' ? value : String(value);
}

const bigints = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;
