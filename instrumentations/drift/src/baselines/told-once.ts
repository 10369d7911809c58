import type { Report } from './offer.ts';

/** Tells about a trouble once, and again only after it was over. */
export class ToldOnce {
  readonly #report: Report;
  readonly #kind: string;
  #isTold = false;

  constructor(report: Report, kind: string) {
    this.#report = report;
    this.#kind = kind;
  }

  tell(message: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#report(this.#kind, message);
  }

  isOver(): void {
    this.#isTold = false;
  }
}
