const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** What XML gives a meaning to, and what it cannot hold at all: control characters, half pairs. */
const SPECIAL = /[&<>"'\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu;

/** Any text as XML text or attribute value: names of functions are not to be trusted. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, escapeOne);
}

function escapeOne(character: string): string {
  const entity = ENTITIES[character];
  if (entity !== undefined) return entity;
  return isXml(character) ? character : '\uFFFD';
}

/** Whether XML 1.0 can hold a character; others cannot even be written as references. */
function isXml(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return !isSurrogate && code !== 0xfffe && code !== 0xffff;
}
