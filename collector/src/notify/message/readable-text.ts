/** Control characters but line breaks and tabs, with the rest of a terminal's colour sequence. */
const CONTROL = /(?![\n\t])\p{Cc}(?:\[[0-?]*[ -/]*[@-~])?/gu;

/** Marks that turn the direction of what follows. */
const DIRECTION = /[\u202A-\u202E\u2066-\u2069]/gu;

/**
 * A text for people: without terminal sequences, control characters and marks that turn the
 * direction of what follows. Line breaks and tabs stay.
 */
export function readableText(text: string): string {
  return text.replaceAll(CONTROL, '').replaceAll(DIRECTION, '');
}

/** The same on one line, for titles and headers. */
export function readableLine(text: string): string {
  return readableText(text.replaceAll(/[\r\n\u2028\u2029]+/gu, ' '));
}

/** At most so many characters (code points); a longer text ends with an ellipsis. */
export function limitText(text: string, lengthMax: number): string {
  // A text has at least half as many code points as code units.
  if (text.length <= lengthMax) return text;
  const kept = Array.from(text.slice(0, lengthMax * 2));
  if (kept.length <= lengthMax && text.length <= lengthMax * 2) return text;
  return `${kept.slice(0, lengthMax - 1).join('')}…`;
}
