import { OtlpError } from '../otlp-error.ts';

export interface JsonShapeLimits {
  /** Lists and objects inside each other. */
  readonly depthMax: number;
  /** Values, names of fields not counted. */
  readonly valuesMax: number;
}

/** Values that one request may have. */
export const VALUES_MAX = 1_000_000;

/** A value takes about 100 bytes of heap when it is parsed, whatever it takes as text. */
const DEFAULT_JSON_SHAPE: JsonShapeLimits = Object.freeze({
  depthMax: 200,
  valuesMax: VALUES_MAX,
});

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/**
 * Counts what a JSON text would become before it is parsed: a few bytes of brackets make an object
 * each, so the size of the text bounds neither memory nor time.
 *
 * @throws {OtlpError} `OTLP_TOO_LARGE`. A text that is no JSON passes and fails in the parser.
 */
export function checkJsonShape(
  bytes: Uint8Array,
  { depthMax, valuesMax }: JsonShapeLimits = DEFAULT_JSON_SHAPE,
): void {
  let depth = 0;
  let values = 1;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === QUOTE) {
      index = endOfText(bytes, index);
    } else if (byte === COMMA) {
      values += 1;
    } else if (OPEN.has(byte)) {
      depth += 1;
      values += 1;
    } else if (CLOSE.has(byte)) {
      depth -= 1;
    }
    if (depth > depthMax) throw tooLarge('nested so deeply: flatten it');
    if (values > valuesMax) {
      throw tooLarge(`with more than ${valuesMax} values: send smaller requests`);
    }
  }
}

/** The position of the closing quote. */
function endOfText(bytes: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < bytes.length && bytes[index] !== QUOTE) {
    index += bytes[index] === BACKSLASH ? 2 : 1;
  }
  return index;
}

function tooLarge(what: string): OtlpError {
  return new OtlpError('OTLP_TOO_LARGE', `Cannot take OTLP/JSON ${what}`);
}
