/** The pairs that all records have. */
export function commonPairs(
  records: readonly Readonly<Record<string, string>>[],
): Record<string, string> {
  const [first = {}, ...rest] = records;
  const isCommon = ([name, value]: readonly [string, string]): boolean =>
    rest.every((record) => record[name] === value);
  return Object.fromEntries(Object.entries(first).filter(isCommon));
}
