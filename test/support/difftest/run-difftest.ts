import { evaluateRange } from '../promql/evaluate-range.ts';

import { PromqlError } from '../../../collector/src/promql/error.ts';
import { evaluateInstant } from '../../../collector/src/promql/eval/evaluate.ts';
import { MemorySource } from '../../../collector/src/promql/memory-source.ts';
import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import type { SeriesSource } from '../../../collector/src/promql/series-source.ts';
import { RetentionPlan } from '../../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../../collector/src/storage/series-store.ts';
import { type Answer, askPrometheus, ownAnswer } from './answers.ts';
import {
  compareAnswers,
  haveSameRemarks,
  type Likeness,
  orderedValues,
  relativeDistance,
} from './compare.ts';
import { createDataset, DATA_END_MS, DATA_START_MS, type DataSeries } from './dataset.ts';
import { randomExpression } from './expressions.ts';
import { PrometheusServer } from './prometheus-server.ts';
import { SeededRandom } from './random.ts';
import { remoteWrite } from './remote-write.ts';

export interface DifftestReport {
  readonly queries: number;
  /** Both sides gave the same answer, or both an error. */
  readonly agreed: number;
  /** We refuse what Prometheus evaluates, and say so. */
  readonly refused: number;
  readonly disagreed: number;
  /** Of those that agreed: the same to the last bit. */
  readonly bitEqual: number;
  /** Of those that agreed: Prometheus itself has several answers, and ours is among them. */
  readonly unstable: number;
  /** Of those that agreed: the warnings or infos are not the same to the letter. */
  readonly remarksDiffer: number;
  /** Of those that agreed: both sides gave an error. */
  readonly errors: number;
}

export interface Query {
  readonly text: string;
  readonly timeMs: number;
  readonly range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number };
}

export interface Disagreement {
  readonly query: Query;
  readonly kind: 'instant' | 'range';
  readonly ours: Answer;
  readonly theirs: Answer;
}

/** What asking all sides once came to. `unstable`: Prometheus itself has several answers. */
export interface Verdict {
  readonly likeness: Likeness | 'unstable';
  readonly answer: Answer;
  readonly differing?: Disagreement;
  /** The same values with other warnings or infos. */
  readonly remarked?: Disagreement;
}

/** A larger spread is no matter of rounding, not even of rounding that a `%` has made visible. */
const UNSTABLE_SPREAD_MAX = 1e-3;

/** How often a question is repeated before its answer counts as the only one. */
const REPEATS = 12;

/** Both of our sources and a live Prometheus with the same series in all three. */
export class Difftest {
  readonly #server: PrometheusServer;
  readonly #sources: readonly SeriesSource[];

  private constructor(server: PrometheusServer, sources: readonly SeriesSource[]) {
    this.#server = server;
    this.#sources = sources;
  }

  static async start(binary: string, dataset: readonly DataSeries[]): Promise<Difftest> {
    const server = await PrometheusServer.start({
      binary,
      config: JSON.stringify({ storage: { tsdb: { out_of_order_time_window: '2h' } } }),
    });
    try {
      await remoteWrite(server.url, dataset);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return new Difftest(server, [memorySource(dataset), seriesStore(dataset)]);
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** Asks all sides; the difference is between Prometheus and the first of ours that differs. */
  async ask(query: Query): Promise<Verdict> {
    const [instant, range] = await Promise.all([this.#instant(query), this.#range(query)]);
    const asked = [
      {
        kind: 'instant',
        theirs: instant,
        evaluate: evaluateInstantly,
        again: () => this.#instant(query),
      },
      { kind: 'range', theirs: range, evaluate: evaluateRanged, again: () => this.#range(query) },
    ] as const;
    let likeness: Likeness = 'equal';
    let remarked: Disagreement | undefined;
    for (const source of this.#sources) {
      for (const { kind, theirs, evaluate, again } of asked) {
        const ours = evaluate(query, source);
        if (ours.kind === 'refused') return { likeness: 'different', answer: ours };
        const found = compareBoth(query.text, ours, theirs);
        likeness = worse(likeness, found);
        if (!haveSameRemarks(ours, theirs)) remarked ??= { query, kind, ours, theirs };
        if (found !== 'different') continue;
        if (await isUnstable(ours, theirs, again)) return { likeness: 'unstable', answer: theirs };
        return { likeness, answer: ours, differing: { query, kind, ours, theirs } };
      }
    }
    return { likeness, answer: instant, ...(remarked === undefined ? {} : { remarked }) };
  }

  #instant({ text, timeMs }: Query): Promise<Answer> {
    return askPrometheus(this.#server.url, 'query', { query: text, time: isoTime(timeMs) });
  }

  #range({ text, range }: Query): Promise<Answer> {
    return askPrometheus(this.#server.url, 'query_range', {
      query: text,
      start: isoTime(range.startMs),
      end: isoTime(range.endMs),
      step: String(range.stepMs / 1000),
    });
  }
}

/**
 * Whether Prometheus answers the same question differently from time to time. It adds up the
 * series of some range queries in the random order of a Go map, and rounding depends on the order.
 * Ours must then be as near to its answers as these are to each other, or be one of them.
 */
async function isUnstable(
  ours: Answer,
  theirs: Answer,
  again: () => Promise<Answer>,
): Promise<boolean> {
  let spread = 0;
  let distance = relativeDistance(ours, theirs);
  for (let round = 0; round < REPEATS; round += 1) {
    const other = await again();
    spread = Math.max(spread, relativeDistance(theirs, other));
    distance = Math.min(distance, relativeDistance(ours, other));
  }
  return distance === 0 || (spread <= UNSTABLE_SPREAD_MAX && distance <= spread && spread > 0);
}

/** Runs random queries; the same seed gives the same series and queries. */
export async function runDifftest(options: {
  readonly binary: string;
  readonly seed: number;
  readonly queries: number;
  /** Told about other values and about other remarks. */
  readonly onDisagreement: (disagreement: Disagreement) => void;
}): Promise<DifftestReport> {
  const random = new SeededRandom(options.seed);
  const difftest = await Difftest.start(options.binary, createDataset(options.seed));
  const report = {
    queries: options.queries,
    agreed: 0,
    refused: 0,
    disagreed: 0,
    bitEqual: 0,
    unstable: 0,
    remarksDiffer: 0,
    errors: 0,
  };
  try {
    for (let index = 0; index < options.queries; index += 1) {
      const { likeness, answer, differing, remarked } = await difftest.ask(randomQuery(random));
      if (differing !== undefined) {
        report.disagreed += 1;
        options.onDisagreement(differing);
      } else if (answer.kind === 'refused') report.refused += 1;
      else {
        report.agreed += 1;
        if (likeness === 'equal') report.bitEqual += 1;
        if (likeness === 'unstable') report.unstable += 1;
        if (answer.kind === 'error') report.errors += 1;
        if (remarked !== undefined) {
          report.remarksDiffer += 1;
          options.onDisagreement(remarked);
        }
      }
    }
  } finally {
    await difftest.stop();
  }
  return report;
}

function randomQuery(random: SeededRandom): Query {
  const text = randomExpression(random);
  const timeMs =
    DATA_START_MS + 500 * random.integer(600, (DATA_END_MS - DATA_START_MS) / 500 + 300);
  const startMs = DATA_START_MS + 500 * random.integer(200, 3500);
  const stepMs = 1000 * random.integer(5, 150);
  return {
    text,
    timeMs,
    range: { startMs, endMs: startMs + stepMs * random.integer(0, 15), stepMs },
  };
}

function memorySource(dataset: readonly DataSeries[]): MemorySource {
  const source = new MemorySource();
  for (const { labels, samples } of dataset) source.append(labels, samples);
  return source;
}

function seriesStore(dataset: readonly DataSeries[]): SeriesStore {
  const retainAllMs = 2 * (DATA_END_MS - DATA_START_MS);
  const store = new SeriesStore({ retention: new RetentionPlan([], { retainAllMs, marginMs: 0 }) });
  store.advanceTo(DATA_END_MS);
  for (const { labels, samples } of dataset) {
    const reference = store.resolve(labels);
    if (typeof reference === 'string') throw new Error(`The store refuses a series: ${reference}`);
    for (const { timeMs, value = 0, histogram, isStale } of samples) {
      if (isStale === true) store.appendStale(reference, timeMs);
      else if (histogram === undefined) store.append(reference, timeMs, value);
      else store.appendWith(reference, timeMs, { value, histogram });
    }
  }
  return store;
}

function evaluateInstantly({ text, timeMs }: Query, source: SeriesSource): Answer {
  return attempt(() => ownAnswer(evaluateInstant(parseExpr(text), { source, timeMs }), text));
}

function evaluateRanged({ text, range }: Query, source: SeriesSource): Answer {
  return attempt(() => ownAnswer(evaluateRange(parseExpr(text), { source, ...range }), text));
}

/** Errors of ours that are no `PromqlError` are bugs and end the run. */
function attempt(evaluate: () => Answer): Answer {
  try {
    return evaluate();
  } catch (error) {
    if (!PromqlError.is(error)) throw error;
    const isRefused = error.code === 'PROMQL_FEATURE_OFF' || error.code === 'PROMQL_LIMIT';
    return { kind: isRefused ? 'refused' : 'error', message: error.message };
  }
}

/** Sorting functions promise an order, others do not. */
function compareBoth(text: string, ours: Answer, theirs: Answer): Likeness {
  const likeness = compareAnswers(ours, theirs);
  if (!text.startsWith('sort')) return likeness;
  const [left, right] = [orderedValues(ours), orderedValues(theirs)];
  return JSON.stringify(left) === JSON.stringify(right) ? likeness : 'different';
}

function worse(left: Likeness, right: Likeness): Likeness {
  const rank = { equal: 0, close: 1, different: 2 };
  return rank[left] >= rank[right] ? left : right;
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
