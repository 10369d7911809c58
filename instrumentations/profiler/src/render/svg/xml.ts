const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Any text as XML text or attribute value: names of functions are not to be trusted. */
export function escapeXml(text: string): string {
  // Text is iterated by code point, so a lone surrogate is a character of its own.
  const known = Array.from(text, (character) => (isXml(character) ? character : '\uFFFD')).join('');
  return known.replaceAll(/[&<>"']/gu, (character) => ENTITIES[character] ?? character);
}

/** Whether XML 1.0 can hold a character; others cannot even be written as references. */
function isXml(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return !isSurrogate && code !== 0xfffe && code !== 0xffff;
}
