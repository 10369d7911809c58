import type { MessagePort, TransferListItem } from 'node:worker_threads';

import type { LabelMatcher } from '../promql/ast.ts';
import type { SampleColumns } from '../promql/series-source.ts';

import type { SeriesStore } from '../storage/series-store.ts';
import type { StoredSeries } from '../storage/stored-series.ts';
import type { SelectionReply, SelectionRequest } from './protocol.ts';
import { LabelsWriter, type SamplesChunk, writeSamples } from './series-chunk.ts';

export interface SelectionFeedOptions {
  readonly store: SeriesStore;
  readonly port: MessagePort;
  readonly signal: Int32Array;
  /** Bytes that one query may be given in all. */
  readonly bytesMax: number;
}

/** How long one slice holds the main thread, and what it sends at most. */
const SLICE_MS = 2;
const SLICE_SERIES_MAX = 250;
const SLICE_SAMPLES_MAX = 50_000;

/**
 * Hands series of the store to a worker. Between two slices the main thread does everything else
 * that waits, so a selection of any size delays ingest and rules by one slice.
 */
export class SelectionFeed {
  readonly #options: SelectionFeedOptions;
  #bytes = 0;
  #isClosed = false;

  constructor(options: SelectionFeedOptions) {
    this.#options = options;
  }

  /** The next query begins. */
  reset(): void {
    this.#bytes = 0;
  }

  close(): void {
    this.#isClosed = true;
    this.#options.port.close();
  }

  /** Answers one request of the worker. */
  async serve(request: SelectionRequest): Promise<void> {
    const slices =
      request.kind === 'series' ? this.#seriesSlices(request) : this.#sampleSlices(request);
    const { bytesMax } = this.#options;
    let sinceMs = performance.now();
    for (const { reply, transfer, bytes } of slices) {
      this.#bytes += bytes;
      if (this.#bytes > bytesMax) {
        this.#send({ kind: 'too much', bytesMax });
        return;
      }
      this.#send(reply, transfer);
      if (performance.now() - sinceMs < SLICE_MS) continue;
      await new Promise(setImmediate);
      if (this.#isClosed) return;
      sinceMs = performance.now();
    }
    this.#send({ kind: 'end' });
  }

  *#seriesSlices(request: Extract<SelectionRequest, { kind: 'series' }>): Generator<Slice> {
    const { matchers, startMs, endMs, withSamples } = request;
    const writer = new LabelsWriter();
    const isWanted = (series: StoredSeries): boolean =>
      series.mayHaveSamples(startMs, endMs) && hasLabels(series, matchers);
    for (const slice of slicesOf(this.#candidates(matchers), isWanted, request)) {
      const { chunk: labels, bytes } = writer.write(slice);
      if (!withSamples) {
        yield { reply: { kind: 'part', labels }, transfer: [], bytes };
        continue;
      }
      const samples = writeSamples(slice.map((series) => series.columns(startMs, endMs)));
      const reply = { kind: 'part', labels, samples: samples.chunk } as const;
      yield { reply, transfer: buffersOf(samples.chunk), bytes: bytes + samples.bytes };
    }
  }

  *#sampleSlices(request: Extract<SelectionRequest, { kind: 'samples' }>): Generator<Slice> {
    const { references, startMs, endMs } = request;
    const { store } = this.#options;
    let columns: SampleColumns[] = [];
    let samples = 0;
    for (const [index, reference] of references.entries()) {
      // A series that went meanwhile has no samples any more.
      const own = store.series(reference)?.columns(startMs, endMs) ?? NO_COLUMNS;
      columns.push(own);
      samples += own.to - own.from;
      const isFull = columns.length >= SLICE_SERIES_MAX || samples >= SLICE_SAMPLES_MAX;
      if (!isFull && index < references.length - 1) continue;
      const { chunk, bytes } = writeSamples(columns);
      yield { reply: { kind: 'part', samples: chunk }, transfer: buffersOf(chunk), bytes };
      columns = [];
      samples = 0;
    }
  }

  #candidates(matchers: readonly LabelMatcher[]): readonly StoredSeries[] {
    const name = matchers.find((matcher) => matcher.name === '__name__' && matcher.value !== '');
    return this.#options.store.candidates(name?.value);
  }

  #send(reply: SelectionReply, transfer: readonly TransferListItem[] = []): void {
    const { port, signal } = this.#options;
    port.postMessage(reply, transfer);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
  }
}

interface Slice {
  readonly reply: SelectionReply;
  readonly transfer: readonly TransferListItem[];
  readonly bytes: number;
}

/**
 * Series in groups that are quickly copied. An empty group comes now and then while none is found,
 * so that looking through many series is sliced as well.
 */
function* slicesOf(
  series: readonly StoredSeries[],
  isWanted: (series: StoredSeries) => boolean,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Generator<readonly StoredSeries[]> {
  let slice: StoredSeries[] = [];
  let seen = 0;
  let samples = 0;
  for (const each of series) {
    seen += 1;
    if (isWanted(each)) {
      slice.push(each);
      const { from, to } = each.columns(startMs, endMs);
      samples += to - from;
    }
    if (seen < SLICE_SEEN_MAX && slice.length < SLICE_SERIES_MAX && samples < SLICE_SAMPLES_MAX) {
      continue;
    }
    yield slice;
    slice = [];
    seen = 0;
    samples = 0;
  }
  yield slice;
}

const SLICE_SEEN_MAX = 2000;

const NO_COLUMNS: SampleColumns = {
  times: new Float64Array(0),
  values: new Float64Array(0),
  flags: new Uint8Array(0),
  from: 0,
  to: 0,
};

function hasLabels({ labels }: StoredSeries, matchers: readonly LabelMatcher[]): boolean {
  return matchers.every(({ name, value }) => labels.get(name) === value);
}

function buffersOf({ times, values, flags, startTimes }: SamplesChunk): ArrayBuffer[] {
  const arrays = [times, values, flags, ...(startTimes === undefined ? [] : [startTimes])];
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}
