/**
 * Keeps the best items offered to it, the worst of them on top. Which of several equal items stay is
 * decided by the positions in the heap, as upstream.
 */
export class BoundedHeap<T extends { readonly sample: number }> {
  readonly #limit: number;
  readonly #isWorse: (left: T, right: T) => boolean;
  readonly #items: T[] = [];

  constructor(limit: number, isWorse: (left: T, right: T) => boolean) {
    this.#limit = limit;
    this.#isWorse = isWorse;
  }

  offer(item: T): void {
    const worst = this.#items[0];
    if (this.#items.length < this.#limit || worst === undefined) {
      this.#items.push(item);
      this.#moveUp(this.#items.length - 1);
      return;
    }
    const isNaNReplaced = Number.isNaN(worst.sample) && !Number.isNaN(item.sample);
    const isBetter = !Number.isNaN(item.sample) && this.#isWorse(worst, item);
    if (!isNaNReplaced && !isBetter) return;
    this.#items[0] = item;
    this.#moveDown(0);
  }

  /** In no particular order. */
  list(): T[] {
    return [...this.#items];
  }

  #moveUp(start: number): void {
    let position = start;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (!this.#isWorseAt(position, parent)) return;
      this.#swap(position, parent);
      position = parent;
    }
  }

  #moveDown(start: number): void {
    let position = start;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= this.#items.length) return;
      if (child + 1 < this.#items.length && this.#isWorseAt(child + 1, child)) child += 1;
      if (!this.#isWorseAt(child, position)) return;
      this.#swap(position, child);
      position = child;
    }
  }

  #isWorseAt(left: number, right: number): boolean {
    const [a, b] = [this.#items[left], this.#items[right]];
    return a !== undefined && b !== undefined && this.#isWorse(a, b);
  }

  #swap(left: number, right: number): void {
    const [a, b] = [this.#items[left], this.#items[right]];
    if (a === undefined || b === undefined) return;
    this.#items[left] = b;
    this.#items[right] = a;
  }
}
