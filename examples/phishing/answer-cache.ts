// The last answers, so that a page that many people meet is classified once. What Telltale learns
// of it are two calls.
import { cache } from 'telltale';

export class AnswerCache<T> {
  readonly #capacity: number;
  readonly #answers = new Map<string, T>();
  readonly #recorder = cache('answers');

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): T | undefined {
    const found = this.#answers.get(key);
    if (found === undefined) {
      this.#recorder.miss();
      return undefined;
    }
    this.#recorder.hit();
    // A Map keeps the order of insertion: the last used goes to the end.
    this.#answers.delete(key);
    this.#answers.set(key, found);
    return found;
  }

  set(key: string, answer: T): void {
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > this.#capacity && oldest !== undefined) this.#answers.delete(oldest);
    this.#recorder.size(this.#answers.size);
  }
}
