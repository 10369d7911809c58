import type { NativeHistogram } from '../model/histogram/histogram.ts';

/**
 * Parallel sample columns. A pooled page is cut into equal blocks, one for each series, because
 * typed arrays of their own would cost each series several hundred bytes of headers.
 */
export interface SamplePage {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly flags: Uint8Array;
  /** Present on the private page of a series that has held a histogram. */
  readonly histograms?: (NativeHistogram | undefined)[];
  /** Present on the private page of a series with start timestamps. */
  readonly startTimes?: Float64Array;
}

/** Samples that a pooled page holds, about 280 kB. */
const PAGE_SAMPLES = 16_384;

/** Empty pages kept: at least these, and one for so many in use. */
const EMPTY_PAGES_MIN = 8;
const USED_FOR_AN_EMPTY_PAGE = 8;

const CAPACITY_MIN = 8;

/**
 * The next block size at or above `samples`: steps of 8 up to 64, then four steps a doubling, so
 * that a window of 60 samples does not pay for 128.
 */
export function blockCapacity(samples: number): number {
  if (samples <= CAPACITY_MIN) return CAPACITY_MIN;
  if (samples <= 64) return Math.ceil(samples / 8) * 8;
  const step = 2 ** (Math.ceil(Math.log2(samples)) - 3);
  return Math.ceil(samples / step) * step;
}

export interface Block {
  readonly page: SamplePage;
  readonly base: number;
  readonly capacity: number;
}

interface PooledPage extends SamplePage {
  freeBlocks: number[];
  readonly blockCount: number;
}

/**
 * Hands out blocks of pooled pages. A page whose blocks are all free again is cut again for blocks of
 * another size: series that grow give up pages as fast as they need them, and memory that goes back
 * to the allocator in pieces of this size comes back to the system late or never.
 */
export class PagePool {
  readonly #partial: Map<number, Set<PooledPage>> = new Map();
  readonly #owners: WeakMap<SamplePage, PooledPage> = new WeakMap();
  readonly #empty: SamplePage[] = [];
  #usedPages = 0;
  #bytes = 0;

  /** Bytes of the pooled typed arrays, of empty pages too. */
  get bytes(): number {
    return this.#bytes;
  }

  take(capacity: number): Block {
    const page = this.#pageWithSpace(capacity);
    const base = page.freeBlocks.pop() ?? 0;
    if (page.freeBlocks.length === 0) this.#partial.get(capacity)?.delete(page);
    return { page, base, capacity };
  }

  /** Ignores blocks of private pages: the garbage collector frees those. */
  release({ page, base, capacity }: Block): void {
    const pooled = this.#owners.get(page);
    if (pooled === undefined) return;
    pooled.freeBlocks.push(base);
    const partial = this.#partial.get(capacity) ?? new Set();
    if (pooled.freeBlocks.length === pooled.blockCount) {
      partial.delete(pooled);
      this.#owners.delete(page);
      this.#usedPages -= 1;
      this.#keepOrDrop(pooled);
    } else {
      partial.add(pooled);
    }
  }

  #pageWithSpace(capacity: number): PooledPage {
    let partial = this.#partial.get(capacity);
    if (partial === undefined) {
      partial = new Set();
      this.#partial.set(capacity, partial);
    }
    for (const page of partial) return page;
    const page = this.#cutPage(capacity);
    partial.add(page);
    this.#owners.set(page, page);
    this.#usedPages += 1;
    return page;
  }

  #cutPage(capacity: number): PooledPage {
    const blockCount = Math.max(1, Math.floor(PAGE_SAMPLES / capacity));
    const freeBlocks = Array.from(
      { length: blockCount },
      (_, index) => (blockCount - 1 - index) * capacity,
    );
    const columns =
      capacity > PAGE_SAMPLES
        ? this.#newPage(capacity)
        : (this.#empty.pop() ?? this.#newPage(PAGE_SAMPLES));
    const { times, values, flags } = columns;
    return { times, values, flags, freeBlocks, blockCount };
  }

  #newPage(samples: number): SamplePage {
    const page = createPage(samples);
    this.#bytes += pageBytes(page);
    return page;
  }

  #keepOrDrop({ times, values, flags }: SamplePage): void {
    const emptyMax = Math.max(EMPTY_PAGES_MIN, this.#usedPages / USED_FOR_AN_EMPTY_PAGE);
    const page = { times, values, flags };
    if (times.length === PAGE_SAMPLES && this.#empty.length < emptyMax) this.#empty.push(page);
    else this.#bytes -= pageBytes(page);
  }
}

function createPage(samples: number): SamplePage {
  return {
    times: new Float64Array(samples),
    values: new Float64Array(samples),
    flags: new Uint8Array(samples),
  };
}

function pageBytes(page: SamplePage): number {
  return page.times.byteLength + page.values.byteLength + page.flags.byteLength;
}

/** A page of its own for a series with histograms, start timestamps or both. */
export function createPrivatePage(
  capacity: number,
  extras: { readonly hasHistograms: boolean; readonly hasStartTimes: boolean },
): SamplePage {
  return {
    ...createPage(capacity),
    ...(extras.hasHistograms
      ? { histograms: Array.from({ length: capacity }, () => undefined) }
      : {}),
    ...(extras.hasStartTimes ? { startTimes: new Float64Array(capacity) } : {}),
  };
}
