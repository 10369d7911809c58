import { startTimer, stopTimer } from '@telltale/instrument';

import type { HeardPage, PageFormat, ThreadPage } from './thread-page.ts';

interface Waiting {
  readonly format: PageFormat;
  readonly done: (hasAnswer: boolean) => void;
}

/**
 * What was last heard from one thread or one process that is asked again and again. One that
 * computes does not answer in time; its last page then stands in, so that its counts do not vanish
 * from the page and come back.
 */
export class LastAnswers {
  readonly #pages = new Map<PageFormat, readonly ThreadPage[]>();
  #waiting: Waiting[] = [];
  /** Formats that were asked for and not answered yet: no process is asked twice at once. */
  readonly #asked = new Set<PageFormat>();

  /** Resolves with what is known once it answered, or after `timeoutMs`. `ask` sends the question. */
  async heard(
    format: PageFormat,
    { ask, timeoutMs }: { readonly ask: () => void; readonly timeoutMs: number },
  ): Promise<readonly HeardPage[]> {
    const answered = new Promise<boolean>((resolve) => {
      const timer = startTimer(() => resolve(false), timeoutMs);
      timer.unref();
      this.#waiting.push({
        format,
        done: (hasAnswer) => {
          stopTimer(timer);
          resolve(hasAnswer);
        },
      });
    });
    if (!this.#asked.has(format)) {
      this.#asked.add(format);
      ask();
    }
    const isLate = !(await answered);
    if (isLate) this.#waiting = this.#waiting.filter((one) => one.format !== format);
    return this.#known(format).map((page) => ({ ...page, isLate }));
  }

  /** A page says who wrote it, so it stands in for a summary that is late. */
  #known(format: PageFormat): readonly ThreadPage[] {
    const own = this.#pages.get(format);
    if (own !== undefined || format !== 'summary') return own ?? [];
    const [other = []] = this.#pages.values();
    return other.map(({ summary }) => ({ summary }));
  }

  hear(format: PageFormat, pages: readonly ThreadPage[]): void {
    this.#pages.set(format, pages);
    this.#asked.delete(format);
    this.#settle((one) => one.format === format, true);
  }

  /** It could not answer, and may be asked again. */
  refuse(format: PageFormat): void {
    this.#asked.delete(format);
    this.#settle((one) => one.format === format, false);
  }

  /** Nothing will come any more, and nothing of it is shown. */
  end(): void {
    this.#pages.clear();
    this.#settle(() => true, true);
  }

  #settle(isMeant: (one: Waiting) => boolean, hasAnswer: boolean): void {
    const settled = this.#waiting.filter(isMeant);
    this.#waiting = this.#waiting.filter((one) => !isMeant(one));
    for (const { done } of settled) done(hasAnswer);
  }
}
