import { describe, expect, test } from 'vitest';

import { type Block, blockCapacity, PagePool } from '../../../collector/src/storage/sample-page.ts';

const PAGE_BYTES = 16_384 * 17;

describe('PagePool', () => {
  test('cuts a page that was given back for blocks of another size', () => {
    const pool = new PagePool();
    const small = takeAll(pool, 8);
    expect(pool.bytes).toBe(PAGE_BYTES);
    const [first] = small;
    for (const block of small) pool.release(block);
    const larger = pool.take(16);
    expect(larger.page.times).toBe(first?.page.times);
    expect(pool.bytes).toBe(PAGE_BYTES);
  });

  test('never hands out a sample twice, over all sizes and orders of giving back', () => {
    const pool = new PagePool();
    const held: Block[] = [];
    for (let step = 0; step < 4000; step += 1) {
      const isGiving = held.length > 0 && (step * 7919) % 5 < 2;
      if (isGiving) {
        const [block] = held.splice((step * 31) % held.length, 1);
        if (block !== undefined) pool.release(block);
      } else {
        held.push(pool.take(blockCapacity(1 + ((step * 97) % 70))));
      }
    }
    const seen = new Map<Float64Array, Set<number>>();
    for (const { page, base, capacity } of held) {
      const taken = seen.get(page.times) ?? new Set();
      seen.set(page.times, taken);
      for (let index = base; index < base + capacity; index += 1) {
        expect(taken.has(index)).toBe(false);
        taken.add(index);
      }
    }
  });

  test('lets most of the memory go when the series are gone', () => {
    const pool = new PagePool();
    const blocks = Array.from({ length: 100 }, () => takeAll(pool, 64)).flat();
    expect(pool.bytes).toBe(100 * PAGE_BYTES);
    for (const block of blocks) pool.release(block);
    expect(pool.bytes).toBeLessThanOrEqual(13 * PAGE_BYTES);
  });

  test('gives a block larger than a page memory of its own', () => {
    const pool = new PagePool();
    const block = pool.take(20_480);
    expect(block.page.times).toHaveLength(20_480);
    pool.release(block);
    expect(pool.bytes).toBe(0);
  });
});

/** The blocks of one whole page. */
function takeAll(pool: PagePool, capacity: number): readonly Block[] {
  return Array.from({ length: Math.floor(16_384 / capacity) }, () => pool.take(capacity));
}
