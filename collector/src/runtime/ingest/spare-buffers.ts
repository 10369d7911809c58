/** Larger ones are left to the garbage collector. */
const KEPT_BYTES_MAX = 4 * 2 ** 20;
/** As many requests as are usually inflated at the same time. */
const KEPT_BUFFERS_MAX = 2;
const SIZE_STEP_BYTES = 64 * 1024;

/**
 * Buffers of requests that are done, for the next ones. Megabytes that are taken from the allocator
 * and given back with each request, between small blocks that stay, leave holes that the process
 * keeps forever.
 */
export class SpareBuffers {
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];

  /** At least so many bytes, with anything in them. */
  take(bytes: number): Uint8Array<ArrayBuffer> {
    const at = this.#spare.findIndex(({ byteLength }) => byteLength >= bytes);
    const [found] = at < 0 ? [] : this.#spare.splice(at, 1);
    if (found !== undefined) return found;
    return new Uint8Array(Math.ceil(bytes / SIZE_STEP_BYTES) * SIZE_STEP_BYTES);
  }

  /** Nothing may read the buffer, or a view of it, afterwards. The largest are kept. */
  giveBack(buffer: Uint8Array<ArrayBuffer>): void {
    if (buffer.byteLength > KEPT_BYTES_MAX) return;
    this.#spare.push(buffer);
    if (this.#spare.length <= KEPT_BUFFERS_MAX) return;
    this.#spare.sort((left, right) => right.byteLength - left.byteLength);
    this.#spare.pop();
  }
}
