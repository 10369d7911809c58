/** Characters gathered before they become a piece of the body. */
const PIECE_CHARS = 128 * 1024;

/** The answer is larger than a query may give. */
export class AnswerTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';

  constructor(bytesMax: number) {
    const mebibytes = Math.floor(bytesMax / 2 ** 20);
    super(
      `answer would be larger than ${mebibytes} MiB: select fewer series, ask for fewer steps, ` +
        'or raise collector.promql.max_query_bytes',
    );
  }
}

/** Turns text into pieces of UTF-8, so that no answer is ever one text. */
export class AnswerWriter {
  readonly #emit: (piece: Uint8Array<ArrayBuffer>) => void;
  readonly #bytesMax: number;
  readonly #encoder = new TextEncoder();
  #parts: string[] = [];
  #chars = 0;
  #bytes = 0;

  constructor(bytesMax: number, emit: (piece: Uint8Array<ArrayBuffer>) => void) {
    this.#bytesMax = bytesMax;
    this.#emit = emit;
  }

  /** @throws {AnswerTooLargeError} */
  write(text: string): void {
    this.#parts.push(text);
    this.#chars += text.length;
    if (this.#chars >= PIECE_CHARS) this.flush();
  }

  /** Writes a JSON array one entry at a time. */
  writeArray(entries: Iterable<unknown>): void {
    let separator = '[';
    for (const entry of entries) {
      this.write(`${separator}${JSON.stringify(entry)}`);
      separator = ',';
    }
    this.write(separator === '[' ? '[]' : ']');
  }

  /** Emits what is left. */
  flush(): void {
    if (this.#chars === 0) return;
    const piece = this.#encoder.encode(this.#parts.join(''));
    this.#parts = [];
    this.#chars = 0;
    this.#bytes += piece.byteLength;
    if (this.#bytes > this.#bytesMax) throw new AnswerTooLargeError(this.#bytesMax);
    this.#emit(piece);
  }
}
