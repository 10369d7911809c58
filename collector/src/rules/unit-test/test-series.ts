import { histogramsEqual } from '../../model/histogram/equal.ts';
import type { Labels } from '../../model/labels.ts';
import { MemorySource, type NewSample } from '../../promql/memory-source.ts';
import { parseSequence, parseSeries, type SequenceValue } from '../../promql/notation/series.ts';
import type { RuleSample } from '../evaluation.ts';
import type { UnitTest } from './unit-test.ts';

interface Queue {
  readonly labels: Labels;
  readonly samples: readonly NewSample[];
  next: number;
}

/** The series of a unit test: input arrives as time goes by, rules write beside it. */
export class TestSeries {
  readonly source: MemorySource = new MemorySource();
  readonly #queues: readonly Queue[];
  readonly #newest = new Map<string, NewSample>();

  /** @throws {SyntaxError} when a series cannot be read. */
  constructor(test: Pick<UnitTest, 'inputSeries' | 'intervalMs' | 'startMs'>) {
    const byKey = new Map<string, Queue>();
    for (const { series, values } of test.inputSeries) {
      const { labels } = parseSeries(series);
      const samples = parseSequence(values).flatMap((value, index) => {
        return toSample(value, test.startMs + index * test.intervalMs) ?? [];
      });
      // As upstream, a series that is written twice is the last one.
      byKey.set(labels.key, { labels, samples, next: 0 });
    }
    this.#queues = [...byKey.values()];
  }

  /** Lets the input up to a time, inclusive, be seen. */
  loadTill(timeMs: number): void {
    for (const queue of this.#queues) {
      const start = queue.next;
      while ((queue.samples[queue.next]?.timeMs ?? Number.POSITIVE_INFINITY) <= timeMs) {
        queue.next += 1;
      }
      const loaded = queue.samples.slice(start, queue.next);
      const last = loaded.at(-1);
      if (last !== undefined) this.#newest.set(queue.labels.key, last);
      this.source.append(queue.labels, loaded);
    }
  }

  /**
   * Takes what rules write.
   *
   * @throws {Error} when a series gets two values at one time, or an older sample than it has.
   */
  append(samples: readonly RuleSample[]): void {
    let problem: string | undefined;
    for (const { labels, ...sample } of samples) {
      const fault = faultOf(this.#newest.get(labels.key), sample);
      if (fault === undefined) {
        this.source.append(labels, [sample]);
        this.#newest.set(labels.key, sample);
      } else if (sample.isStale !== true) problem = fault;
    }
    if (problem !== undefined) throw new Error(problem);
  }
}

function toSample(value: SequenceValue, timeMs: number): NewSample | undefined {
  switch (value.kind) {
    case 'omitted':
      return undefined;
    case 'stale':
      return { timeMs, isStale: true };
    case 'float':
      return { timeMs, value: value.value };
    case 'histogram':
      return { timeMs, histogram: value.histogram };
  }
}

function faultOf(newest: NewSample | undefined, sample: NewSample): string | undefined {
  if (newest === undefined || sample.timeMs > newest.timeMs) return undefined;
  if (sample.timeMs < newest.timeMs) return 'out of order sample';
  return isSame(newest, sample) ? undefined : 'duplicate sample for timestamp';
}

function isSame(left: NewSample, right: NewSample): boolean {
  if (left.isStale !== right.isStale) return false;
  if (left.histogram !== undefined && right.histogram !== undefined) {
    return histogramsEqual(left.histogram, right.histogram);
  }
  return Object.is(left.value, right.value) && left.histogram === right.histogram;
}
