/**
 * Text as a terminal may get it: control characters, which can move the cursor, set the title or
 * answer for the user, are shown as `\x1b`. Newlines and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Controls, and the marks that turn the direction of writing around. */
const CONTROL = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;
