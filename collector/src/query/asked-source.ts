import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

import type { Labels } from '../model/labels.ts';
import { compileMatcher } from '../model/matcher.ts';

import type { LabelMatcher } from '../promql/ast.ts';
import { evaluationError } from '../promql/error.ts';
import type { SourceSeries } from '../promql/series-source.ts';

import type { SelectionReply, SelectionRequest, WorkerStart } from './protocol.ts';
import type { QuerySource } from './query-source.ts';
import { LabelsReader, readSamples } from './series-chunk.ts';

/**
 * The store of the main thread as a worker sees it. Each question blocks the worker until the main
 * thread has answered, for an evaluation cannot wait in its middle.
 */
export class AskedSource implements QuerySource {
  readonly #port: MessagePort;
  readonly #signal: Int32Array;

  constructor({ port, signal }: Pick<WorkerStart, 'port' | 'signal'>) {
    this.#port = port;
    this.#signal = new Int32Array(signal);
  }

  /** @throws {PromqlError} when the series and samples are more than a query may have. */
  select(
    matchers: readonly LabelMatcher[],
    startMs: number,
    endMs: number,
  ): readonly SourceSeries[] {
    const { equal, others } = split(matchers);
    if (others.length === 0) return this.#selectAtOnce(equal, startMs, endMs);
    const found = this.#find(matchers, startMs, endMs);
    return this.#samplesOf(found, startMs, endMs);
  }

  labels(matchers: readonly LabelMatcher[], startMs: number, endMs: number): readonly Labels[] {
    return this.#find(matchers, startMs, endMs).map(({ labels }) => labels);
  }

  #selectAtOnce(matchers: readonly LabelMatcher[], startMs: number, endMs: number): SourceSeries[] {
    const reader = new LabelsReader();
    const found: SourceSeries[] = [];
    const request = { kind: 'series', matchers, startMs, endMs, withSamples: true } as const;
    for (const { labels, samples } of this.#ask(request)) {
      if (labels === undefined || samples === undefined) continue;
      for (const series of readSamples(samples, reader.read(labels))) found.push(series);
    }
    return found;
  }

  /** Tests what the main thread does not: a regular expression of a reader may take its time here. */
  #find(matchers: readonly LabelMatcher[], startMs: number, endMs: number): Found[] {
    const { equal, others } = split(matchers);
    const tests = others.map((matcher) => ({ name: matcher.name, test: remembering(matcher) }));
    const reader = new LabelsReader();
    const found: Found[] = [];
    const request = {
      kind: 'series',
      matchers: equal,
      startMs,
      endMs,
      withSamples: false,
    } as const;
    for (const { labels: chunk } of this.#ask(request)) {
      if (chunk === undefined) continue;
      for (const [index, labels] of reader.read(chunk).entries()) {
        if (!tests.every(({ name, test }) => test(labels.get(name)))) continue;
        found.push({ labels, reference: chunk.references[index] ?? -1 });
      }
    }
    return found;
  }

  #samplesOf(found: readonly Found[], startMs: number, endMs: number): SourceSeries[] {
    const references = Float64Array.from(found, ({ reference }) => reference);
    const labels = found.map((each) => each.labels);
    const series: SourceSeries[] = [];
    for (const { samples } of this.#ask({ kind: 'samples', references, startMs, endMs })) {
      if (samples === undefined) continue;
      const own = labels.slice(series.length, series.length + samples.counts.length);
      for (const each of readSamples(samples, own)) series.push(each);
    }
    return series;
  }

  *#ask(request: SelectionRequest): Generator<Extract<SelectionReply, { kind: 'part' }>> {
    let seen = Atomics.load(this.#signal, 0);
    this.#port.postMessage(request);
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) {
        Atomics.wait(this.#signal, 0, seen);
        seen = Atomics.load(this.#signal, 0);
        continue;
      }
      const reply = received.message as SelectionReply;
      if (reply.kind === 'end') return;
      if (reply.kind === 'too much') throw tooMuch(reply.bytesMax);
      yield reply;
    }
  }
}

interface Found {
  readonly labels: Labels;
  readonly reference: number;
}

function split(matchers: readonly LabelMatcher[]): {
  readonly equal: readonly LabelMatcher[];
  readonly others: readonly LabelMatcher[];
} {
  return {
    equal: matchers.filter(({ operator }) => operator === '='),
    others: matchers.filter(({ operator }) => operator !== '='),
  };
}

/** Many series share a value, and a regular expression is slow. */
function remembering(matcher: LabelMatcher): (value: string) => boolean {
  const test = compileMatcher(matcher);
  const known = new Map<string, boolean>();
  return (value) => {
    let matches = known.get(value);
    if (matches === undefined) {
      matches = test(value);
      known.set(value, matches);
    }
    return matches;
  };
}

function tooMuch(bytesMax: number): Error {
  const mebibytes = Math.floor(bytesMax / 2 ** 20);
  return evaluationError(
    `query selects more than ${mebibytes} MiB of series and samples: ` +
      'select fewer series or a shorter time, or raise collector.promql.max_query_bytes',
  );
}
