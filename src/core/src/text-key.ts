/**
 * One text for a list of texts, as a `Map` key or an identity: equal for equal lists only.
 *
 * Each part stands behind its length in UTF-16 code units, so no character has a meaning and no
 * part can look like two. A join with a separator can be forged by a value that holds the separator,
 * whatever the separator is, because names and values come from the network.
 *
 * @example
 * textKey(['a', 'b']); // '1:a1:b'
 */
export function textKey(parts: readonly string[]): string {
  let key = '';
  for (const part of parts) key += `${part.length}:${part}`;
  return key;
}
