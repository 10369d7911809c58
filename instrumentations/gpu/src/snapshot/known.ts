/** The values that are there: a key whose value is `undefined` is left out. */
export function known<T extends object>(
  values: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) if (value !== undefined) kept[key] = value;
  return kept as { readonly [K in keyof T]?: Exclude<T[K], undefined> };
}

/** As `known`; `undefined` when no value is there. */
export function knownOrNone<T extends object>(
  values: T,
): { readonly [K in keyof T]?: Exclude<T[K], undefined> } | undefined {
  const kept = known(values);
  for (const _ in kept) return kept;
  return undefined;
}
