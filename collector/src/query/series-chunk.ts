import type { NativeHistogram } from '../model/histogram/histogram.ts';
import { Labels } from '../model/labels.ts';

import { FLAG_HISTOGRAM, type SampleColumns, type SourceSeries } from '../promql/series-source.ts';

/** Labels of some series. A text is sent once for each selection; later it is a number. */
export interface LabelsChunk {
  /** Texts that no chunk of this selection had before; numbered on. */
  readonly texts: readonly string[];
  /** Numbers of texts: name, value, name, value and so on, series after series. */
  readonly parts: Uint32Array;
  /** Parts of each series. */
  readonly partCounts: Uint32Array;
  /** References of the series, to ask for their samples. */
  readonly references: Float64Array;
}

/** Samples of some series, one series after the other. */
export interface SamplesChunk {
  readonly counts: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly flags: Uint8Array;
  /** Milliseconds, 0 when unknown; absent when no series has any. */
  readonly startTimes?: Float64Array;
  /** By position; absent when no series has any. */
  readonly histograms?: ReadonlyMap<number, NativeHistogram>;
}

/** Writes label sets with each text once. */
export class LabelsWriter {
  readonly #numbers: Map<string, number> = new Map();

  /** @returns the chunk and about how many bytes the other side keeps of it. */
  write(series: readonly { readonly labels: Labels; readonly reference: number }[]): {
    readonly chunk: LabelsChunk;
    readonly bytes: number;
  } {
    const texts: string[] = [];
    const parts: number[] = [];
    for (const { labels } of series) {
      for (const text of labels.flat) parts.push(this.#numberOf(text, texts));
    }
    const bytes =
      texts.reduce((sum, text) => sum + 32 + 2 * text.length, 0) +
      8 * parts.length +
      SERIES_BYTES * series.length;
    const chunk = {
      texts,
      parts: Uint32Array.from(parts),
      partCounts: Uint32Array.from(series, ({ labels }) => labels.flat.length),
      references: Float64Array.from(series, ({ reference }) => reference),
    };
    return { chunk, bytes };
  }

  #numberOf(text: string, added: string[]): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(text, number);
      added.push(text);
    }
    return number;
  }
}

/** Objects that stand for a series on the other side. */
const SERIES_BYTES = 200;

/** Reads the chunks of one selection in the order in which they were written. */
export class LabelsReader {
  readonly #texts: string[] = [];

  read({ texts, parts, partCounts }: LabelsChunk): Labels[] {
    for (const text of texts) this.#texts.push(text);
    let offset = 0;
    return Array.from(partCounts, (count) => {
      const pairs: [string, string][] = [];
      for (let end = offset + count; offset < end; offset += 2) {
        pairs.push([this.#text(parts[offset]), this.#text(parts[offset + 1])]);
      }
      return Labels.fromPairs(pairs);
    });
  }

  #text(number = -1): string {
    return this.#texts[number] ?? '';
  }
}

/** Copies samples out of the store. The columns must be read before anything is inserted. */
export function writeSamples(columns: readonly SampleColumns[]): {
  readonly chunk: SamplesChunk;
  readonly bytes: number;
} {
  const counts = Uint32Array.from(columns, ({ from, to }) => to - from);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const hasStartTimes = columns.some(({ startTimes }) => startTimes !== undefined);
  const startTimes = hasStartTimes ? new Float64Array(total) : undefined;
  const histograms = new Map<number, NativeHistogram>();
  const chunk = {
    counts,
    times: new Float64Array(total),
    values: new Float64Array(total),
    flags: new Uint8Array(total),
    ...(startTimes === undefined ? {} : { startTimes }),
  };
  let offset = 0;
  for (const { from, to, ...source } of columns) {
    chunk.times.set(source.times.subarray(from, to), offset);
    chunk.values.set(source.values.subarray(from, to), offset);
    chunk.flags.set(source.flags.subarray(from, to), offset);
    if (source.startTimes !== undefined) {
      startTimes?.set(source.startTimes.subarray(from, to), offset);
    }
    copyHistograms({ from, to, ...source }, offset, histograms);
    offset += to - from;
  }
  const bytes = total * (hasStartTimes ? 25 : 17) + bytesOfHistograms(histograms);
  return { chunk: histograms.size === 0 ? chunk : { ...chunk, histograms }, bytes };
}

function copyHistograms(
  { histograms, from, to }: SampleColumns,
  offset: number,
  target: Map<number, NativeHistogram>,
): void {
  if (histograms === undefined) return;
  for (let index = from; index < to; index += 1) {
    const histogram = histograms[index];
    if (histogram !== undefined) target.set(offset + index - from, histogram);
  }
}

function bytesOfHistograms(histograms: ReadonlyMap<number, NativeHistogram>): number {
  let bytes = 0;
  for (const {
    positiveCounts,
    negativeCounts,
    positiveSpans,
    negativeSpans,
    customValues,
  } of histograms.values()) {
    const numbers = positiveCounts.length + negativeCounts.length + customValues.length;
    bytes += 300 + 8 * numbers + 40 * (positiveSpans.length + negativeSpans.length);
  }
  return bytes;
}

/** The series of a chunk, with the labels that belong to them. */
export function readSamples(chunk: SamplesChunk, labels: readonly Labels[]): SourceSeries[] {
  let offset = 0;
  return Array.from(chunk.counts, (count, index) => {
    const from = offset;
    offset += count;
    return new CopiedSeries(labels[index] ?? Labels.EMPTY, chunk, { from, to: offset });
  });
}

class CopiedSeries implements SourceSeries {
  readonly labels: Labels;
  readonly #chunk: SamplesChunk;
  readonly #place: { readonly from: number; readonly to: number };
  readonly #histograms: readonly (NativeHistogram | undefined)[] | undefined;

  constructor(
    labels: Labels,
    chunk: SamplesChunk,
    place: { readonly from: number; readonly to: number },
  ) {
    this.labels = labels;
    this.#chunk = chunk;
    this.#place = place;
    this.#histograms = histogramsOf(chunk, place);
  }

  columns(startMs: number, endMs: number): SampleColumns {
    const { from, to } = this.#place;
    const times = this.#chunk.times.subarray(from, to);
    const startTimes = this.#chunk.startTimes?.subarray(from, to);
    return {
      times,
      values: this.#chunk.values.subarray(from, to),
      flags: this.#chunk.flags.subarray(from, to),
      from: firstFrom(times, startMs),
      to: firstFrom(times, Math.floor(endMs) + 1),
      ...(this.#histograms === undefined ? {} : { histograms: this.#histograms }),
      ...(startTimes === undefined ? {} : { startTimes }),
    };
  }
}

/** `undefined` when the series has none, as the store says it. */
function histogramsOf(
  { histograms, flags }: SamplesChunk,
  { from, to }: { readonly from: number; readonly to: number },
): readonly (NativeHistogram | undefined)[] | undefined {
  if (histograms === undefined) return undefined;
  const own = flags.subarray(from, to);
  if (!own.some((flag) => (flag & FLAG_HISTOGRAM) !== 0)) return undefined;
  return Array.from(own, (_, index) => histograms.get(from + index));
}

/** The first position whose time is not below `timeMs`. */
function firstFrom(times: Float64Array, timeMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
