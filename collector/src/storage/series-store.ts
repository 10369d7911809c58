import { Labels } from '../model/labels.ts';

import type { LabelMatcher } from '../promql/ast.ts';
import { FLAG_STALE, type SeriesSource } from '../promql/series-source.ts';

import { type AppendOutcome, createStoreCounters, type StoreCounters } from './counters.ts';
import { LabelIndex } from './label-index.ts';
import {
  bytesOfLabels,
  DEFAULT_STORE_LIMITS,
  isLongerThan,
  type SeriesRefusal,
  type StoreLimits,
} from './limits.ts';
import { LivenessTracker, type ResourceState } from './liveness.ts';
import type { RetentionPlan, SeriesInterest } from './retention.ts';
import { PagePool } from './sample-page.ts';
import { type InsertOutcome, type SampleExtras, SampleRing } from './sample-ring.ts';
import { SeriesTable } from './series-table.ts';
import { type SeriesReference, StoredSeries } from './stored-series.ts';
import { SymbolTable } from './symbol-table.ts';

export interface SeriesStoreOptions {
  readonly retention: RetentionPlan;
  readonly limits?: Partial<StoreLimits>;
}

/** A sample with more than a float value. */
export interface ExtendedSample extends SampleExtras {
  readonly value: number;
}

/** Told about each series that appears or goes. */
export interface SeriesListener {
  onCreated?(series: StoredSeries): void;
  onRemoved?(series: StoredSeries): void;
}

/** Series looked at by one `sweep`, so that no evaluation waits for a full pass. */
const SWEEP_SERIES_MAX = 20_000;

/**
 * All series in memory: appended by reference, read through `SeriesSource`.
 *
 * A sample is identified by its series and timestamp. The same sample again is counted and
 * ignored, because senders repeat whole exports when they saw no answer; another value at the same
 * time is refused.
 */
export class SeriesStore implements SeriesSource {
  readonly counters: StoreCounters = createStoreCounters();
  readonly #limits: StoreLimits;
  readonly #pool = new PagePool();
  readonly #table = new SeriesTable();
  readonly #symbols = new SymbolTable();
  readonly #index = new LabelIndex();
  readonly #liveness = new LivenessTracker();
  readonly #listeners: Set<SeriesListener> = new Set();
  #retention: RetentionPlan;
  #removedSinceCompaction = 0;
  #nowMs = 0;
  #newestMsMax = 0;
  #labelBytes = 0;
  #epoch = 1;

  constructor(options: SeriesStoreOptions) {
    this.#retention = options.retention;
    this.#limits = { ...DEFAULT_STORE_LIMITS, ...options.limits };
  }

  get seriesCount(): number {
    return this.#table.size;
  }

  /** Bytes of pooled sample columns; histograms and labels come on top. */
  get sampleBytes(): number {
    return this.#pool.bytes;
  }

  /** Memory of the labels of all series, about. */
  get labelBytes(): number {
    return this.#labelBytes;
  }

  get retention(): RetentionPlan {
    return this.#retention;
  }

  get resources(): Iterable<ResourceState> {
    return this.#liveness.resources;
  }

  /** Returns a function that ends the subscription. */
  subscribe(listener: SeriesListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether any series of this metric name can be stored; false is counted once a call. */
  wantsMetric(metricName: string): boolean {
    if (this.#retention.wantsName(metricName)) return true;
    this.counters.refusedSeries.unselected += 1;
    return false;
  }

  /**
   * The reference of the series with these labels, which is created when it is new.
   *
   * @param windowMsMin keep the series at least this long although no selector asks for it.
   */
  resolve(labels: Labels, windowMsMin = 0): SeriesReference | SeriesRefusal {
    const known = this.#table.find(labels, this.#symbols);
    if (known !== undefined) return known.reference;
    const interest = this.#retention.interestOf(labels, windowMsMin);
    const refusal = interest === undefined ? 'unselected' : this.#limitHitBy(labels);
    if (refusal !== undefined || interest === undefined) {
      this.counters.refusedSeries[refusal ?? 'unselected'] += 1;
      return refusal ?? 'unselected';
    }
    return this.#create(labels, interest).reference;
  }

  /** The series of a reference; `undefined` once it was removed. */
  series(reference: SeriesReference): StoredSeries | undefined {
    return this.#table.get(reference);
  }

  /** Sets the service's time, by which the samples that follow are too old or too new. */
  advanceTo(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#newestMsMax = nowMs + this.#limits.futureMsMax;
  }

  /** Stores a float sample. */
  append(reference: SeriesReference, timeMs: number, value: number): AppendOutcome {
    const series = this.#table.get(reference);
    const refusal = this.#refusalOf(series, timeMs);
    if (series === undefined || refusal !== undefined) return this.#count(refusal);
    this.#evict(series);
    return this.#note(series, timeMs, series.ring.insert(timeMs, value, 0));
  }

  /** Stores a histogram or a sample with a start timestamp. */
  appendWith(reference: SeriesReference, timeMs: number, sample: ExtendedSample): AppendOutcome {
    const series = this.#table.get(reference);
    const refusal = this.#refusalOf(series, timeMs);
    if (series === undefined || refusal !== undefined) return this.#count(refusal);
    this.#evict(series);
    return this.#note(series, timeMs, series.ring.insertWith(timeMs, sample.value, sample));
  }

  /** Says that the series has no value from `timeMs` on, until the next sample. */
  appendStale(reference: SeriesReference, timeMs: number): AppendOutcome {
    const series = this.#table.get(reference);
    const refusal = this.#refusalOf(series, timeMs);
    if (series === undefined || refusal !== undefined) return this.#count(refusal);
    return this.#note(series, timeMs, series.ring.insert(timeMs, Number.NaN, FLAG_STALE));
  }

  select(matchers: readonly LabelMatcher[], startMs: number, endMs: number): StoredSeries[] {
    return this.#index.select(matchers).filter((series) => series.mayHaveSamples(startMs, endMs));
  }

  /**
   * A copy of the list of series of a metric, or of all. Unlike `select` it remembers nothing, for
   * what readers ask is asked once.
   */
  candidates(metricName: string | undefined): StoredSeries[] {
    return metricName === undefined ? [...this.#table.values()] : this.#index.named(metricName);
  }

  /**
   * Every series that satisfies the matchers, whatever its samples. The same array is answered until
   * a series comes or goes; do not change it.
   */
  all(matchers: readonly LabelMatcher[]): readonly StoredSeries[] {
    return this.#index.select(matchers);
  }

  /** Begins an epoch: samples that arrive from now on are told from those before. */
  nextEpoch(): number {
    this.#epoch += 1;
    return this.#epoch;
  }

  /** Every stored series, in no particular order. */
  values(): Iterable<StoredSeries> {
    return this.#table.values();
  }

  get metricNames(): Iterable<string> {
    return this.#index.metricNames;
  }

  /** Takes new windows after a reload. Series that no rule asks for any more are removed. */
  setRetention(retention: RetentionPlan): void {
    this.#retention = retention;
    for (const series of this.#table.values()) {
      const interest = retention.interestOf(series.labels, series.interest.windowMsMin);
      if (interest === undefined) this.#remove(series);
      else series.interest = interest;
    }
    this.#compactSymbols();
  }

  /**
   * The clock was set back to `nowMs`: samples that could not arrive now go, for their times will
   * come again and others with them.
   */
  dropFuture(nowMs: number): void {
    this.advanceTo(nowMs);
    for (const series of this.#table.values()) {
      if (series.ring.dropAfter(this.#newestMsMax) > 0) series.interest.isTouched = true;
    }
  }

  /** Drops old samples and empty series; each call looks at a part of the store. */
  sweep(nowMs: number): void {
    this.advanceTo(nowMs);
    for (const series of this.#table.nextChunk(SWEEP_SERIES_MAX)) {
      this.#evict(series);
      if (series.ring.size === 0) this.#remove(series);
    }
    this.#liveness.forgetEmpty();
    // It walks over every label, so it waits until more series went than are left.
    if (this.#removedSinceCompaction > this.#table.size) this.#compactSymbols();
  }

  /** Marks the series of resources stale that missed `missedIntervals` exports; returns these. */
  expireResources(nowMs: number, missedIntervals: number): readonly ResourceState[] {
    const expired = this.#liveness.expire(nowMs, missedIntervals);
    if (expired.length === 0) return expired;
    const gone = new Set(expired);
    for (const series of this.#table.values()) {
      if (series.resource === undefined || !gone.has(series.resource)) continue;
      if ((series.ring.newestFlags & FLAG_STALE) !== 0) continue;
      // A sender whose clock is ahead has samples after now, and the marker must follow them.
      const timeMs = Math.max(nowMs, series.ring.newestMs + 1);
      series.ring.insert(timeMs, Number.NaN, FLAG_STALE);
      series.interest.isTouched = true;
      // The end of a series is news to rules that wait for each of their series.
      series.renewedEpoch = this.#epoch;
      this.counters.seriesMarkedStale += 1;
    }
    return expired;
  }

  #refusalOf(series: StoredSeries | undefined, timeMs: number): AppendOutcome | undefined {
    if (series === undefined) return 'unknown_series';
    if (timeMs > this.#newestMsMax) return 'too_new';
    if (timeMs >= this.#nowMs - series.interest.windowMs) return undefined;
    // A sender whose clock is far behind has all of its samples refused.
    series.resource?.lag.note(this.#nowMs, timeMs);
    return 'too_old';
  }

  #count(refusal: AppendOutcome = 'unknown_series'): AppendOutcome {
    this.counters.samples[refusal] += 1;
    return refusal;
  }

  #evict(series: StoredSeries): void {
    series.ring.evictBefore(this.#nowMs - series.interest.windowMs);
  }

  #note(series: StoredSeries, timeMs: number, outcome: InsertOutcome): AppendOutcome {
    const { resource } = series;
    // A repeated export is a sign of life, too.
    if (resource !== undefined) LivenessTracker.observe(resource, this.#nowMs, timeMs);
    if (outcome === 'duplicate' || outcome === 'conflict') {
      this.counters.samples[outcome] += 1;
      return outcome;
    }
    series.interest.isTouched = true;
    series.renewedEpoch = this.#epoch;
    if (outcome === 'inserted') this.counters.outOfOrder += 1;
    this.counters.samples.accepted += 1;
    return 'accepted';
  }

  #limitHitBy(labels: Labels): SeriesRefusal | undefined {
    const limits = this.#limits;
    if (labels.size > limits.labelsMax) return 'max_labels';
    const isLong = (text: string): boolean => isLongerThan(text, limits.labelValueBytesMax);
    if (labels.flat.some(isLong)) return 'max_label_value_bytes';
    if (this.#labelBytes + bytesOfLabels(labels.flat) > limits.labelBytesMax) return 'label_memory';
    if (this.#table.size >= limits.seriesMax) return 'max_series';
    const named = this.#index.countOf(labels.metricName);
    return named >= limits.seriesPerMetricMax ? 'max_series_per_metric' : undefined;
  }

  #create(labels: Labels, interest: SeriesInterest): StoredSeries {
    const pairs = [...labels].map(
      ([name, value]) => [this.#symbols.intern(name), this.#symbols.intern(value)] as const,
    );
    const interned = Labels.fromPairs(pairs);
    // What rules and the service itself write says nothing about the resource it is about.
    const isOwn = interest.windowMsMin > 0;
    const resource = isOwn ? undefined : this.#liveness.resourceOf(interned);
    if (resource !== undefined) resource.seriesCount += 1;
    const series = new StoredSeries(
      { reference: this.#table.nextReference(), labels: interned },
      new SampleRing(this.#pool),
      { interest, resource },
    );
    this.#table.put(series, this.#symbols);
    this.#index.add(series);
    this.#labelBytes += bytesOfLabels(interned.flat);
    this.counters.seriesCreated += 1;
    for (const listener of this.#listeners) listener.onCreated?.(series);
    return series;
  }

  #remove(series: StoredSeries): void {
    for (const listener of this.#listeners) listener.onRemoved?.(series);
    this.#table.remove(series, this.#symbols);
    this.#index.remove(series);
    series.ring.release();
    if (series.resource !== undefined) series.resource.seriesCount -= 1;
    this.#labelBytes -= bytesOfLabels(series.labels.flat);
    this.counters.seriesRemoved += 1;
    this.#removedSinceCompaction += 1;
  }

  #compactSymbols(): void {
    const inUse = function* (table: SeriesTable): Generator<string> {
      for (const { labels } of table.values()) yield* labels.flat;
    };
    this.#symbols.retain(inUse(this.#table));
    this.#removedSinceCompaction = 0;
  }
}
