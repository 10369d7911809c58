const NAMED_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
]);

const PLAIN = /^[ !#-[\]-~]*$/u;
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Whether Go's `strconv.IsPrint` holds for one character. */
export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character);
}

/**
 * `text` as Go's `%q` prints it, the notation of Prometheus in selectors and messages.
 *
 * PromQL strings may hold bytes that are no UTF-8. `unquoteString` keeps such a byte as a lone
 * surrogate (U+DC00 plus the byte), and this function prints it as `\xNN` again.
 */
export function quoteGo(text: string, quote: '"' | "'" = '"'): string {
  if (quote === '"' && PLAIN.test(text)) return `"${text}"`;
  let quoted = quote as string;
  for (const character of text) {
    quoted += character === quote ? `\\${quote}` : escapeCharacter(character);
  }
  return quoted + quote;
}

function escapeCharacter(character: string): string {
  const named = NAMED_ESCAPES.get(character);
  if (named !== undefined) return named;
  const code = character.codePointAt(0) ?? 0;
  if (isByte(code)) return `\\x${(code - INVALID_BYTE_BASE).toString(16)}`;
  if (isPrintable(character)) return character;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** A byte that belongs to no UTF-8 sequence is kept as the lone surrogate U+DC00 plus the byte. */
export const INVALID_BYTE_BASE = 0xdc00;

function isByte(code: number): boolean {
  return code >= INVALID_BYTE_BASE + 0x80 && code <= INVALID_BYTE_BASE + 0xff;
}

/** Whether Prometheus takes the text as a label name: not empty and valid UTF-8. */
export function isUtf8LabelName(name: string): boolean {
  return name !== '' && !/\p{Surrogate}/u.test(name);
}

/** Whether a label name needs no quotes. */
export function isPlainLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/u.test(name);
}
