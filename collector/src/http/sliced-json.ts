/** How long writing holds the event loop before everything else has its turn. */
const SLICE_MS = 3;

/** Characters gathered before they become a piece of the body. */
const PIECE_CHARS = 64 * 1024;

/**
 * Puts a long JSON text together a little at a time, so that a request for all alerts delays
 * neither ingest nor rules.
 *
 * @param parts pieces of the text; what they read may change between two of them.
 */
export async function slicedJson(parts: Iterable<string>): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  let text = '';
  let sinceMs = performance.now();
  for (const part of parts) {
    text += part;
    if (text.length >= PIECE_CHARS) {
      pieces.push(Buffer.from(text, 'utf8'));
      text = '';
    }
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await new Promise(setImmediate);
    sinceMs = performance.now();
  }
  pieces.push(Buffer.from(text, 'utf8'));
  return pieces;
}

/** The parts of a JSON list. */
function* listParts(entries: Iterable<Iterable<string>>): Generator<string> {
  let separator = '[';
  for (const entry of entries) {
    yield separator;
    yield* entry;
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

/** The parts of an object that ends with a list: `{"a":1,"list":[...]}`. */
export function* objectParts(
  head: object,
  list: { readonly name: string; readonly entries: Iterable<Iterable<string>> },
  tail: object = {},
): Generator<string> {
  const fields = (value: object): string => JSON.stringify(value).slice(1, -1);
  const before = fields(head);
  yield `{${before}${before === '' ? '' : ','}"${list.name}":`;
  yield* listParts(list.entries);
  const after = fields(tail);
  yield `${after === '' ? '' : ','}${after}}`;
}
