import {
  type Collected,
  OUTCOME_INVALID,
  OUTCOME_NULL,
  OUTCOME_OK,
  type StreamKind,
} from '@telltale/statistics';

/** Records kept of a column; of longer files every n-th, in their order. */
const RECORDS_MAX = 200_000;
/** With fewer different numbers a column is a list of categories. */
const DISTINCT_MIN = 20;
/** A column is one of numbers when at least this share of its values are. */
const NUMBER_SHARE_MIN = 0.95;
const MISSING = /^(?:|na|n\/a|null|none)$/iu;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/iu;

/** The values of one column of a long file, at most a fixed number of them. */
export class CsvColumn {
  #texts: string[] = [];
  #stride = 1;
  #seen = 0;

  /** Every how many records one was kept. */
  get stride(): number {
    return this.#stride;
  }

  get size(): number {
    return this.#texts.length;
  }

  add(text: string): void {
    if (this.#seen % this.#stride === 0) this.#texts.push(text.trim());
    this.#seen += 1;
    if (this.#texts.length <= RECORDS_MAX) return;
    this.#texts = this.#texts.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  /** What the values are: categories where they are few or no numbers, scores from 0 to 1. */
  inferKind(direction: 'input' | 'output'): StreamKind {
    const present = this.#texts.filter((text) => !MISSING.test(text));
    const numbers = present.filter((text) => NUMBER.test(text)).map(Number);
    const areNumbers = numbers.length >= NUMBER_SHARE_MIN * present.length;
    if (!areNumbers || new Set(numbers).size < DISTINCT_MIN) return 'categorical';
    const areShares = numbers.every((value) => value >= 0 && value <= 1);
    return areShares && direction === 'output' ? 'score' : 'numeric';
  }

  /** The column as a stream of this kind would have collected it. */
  collect(kind: StreamKind): Collected {
    const values: (number | string)[] = [];
    const outcomes = this.#texts.map((text) => {
      if (MISSING.test(text)) return OUTCOME_NULL;
      const isUsable =
        kind === 'categorical' || (NUMBER.test(text) && Number.isFinite(Number(text)));
      if (!isUsable) return OUTCOME_INVALID;
      values.push(kind === 'categorical' ? text : Number(text));
      return OUTCOME_OK;
    });
    return { kind, values, outcomes };
  }
}
