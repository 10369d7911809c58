import type { ByteRange } from '../byte-range.ts';
import { DEFAULT_OTLP_LIMITS, type OtlpLimits } from '../limits.ts';
import type { MetricBatch, ResourceHeader } from '../metric-batch.ts';
import { readAttributes } from '../read/attributes.ts';
import { type Exemplar, readExemplar } from '../read/exemplar.ts';
import { ByteTable } from './byte-table.ts';
import { ContextCache, type ResourceContext } from './contexts.ts';
import { DeltaTotals } from './delta/totals.ts';
import { LabelBuilder, type LabelPairs } from './label-pairs.ts';
import { DEFAULT_TRANSLATE_OPTIONS, type TranslateOptions } from './options.ts';
import { type RejectionReason, Rejections } from './rejections.ts';
import type { SampleSink, TranslateListener } from './sample-sink.ts';
import { SeriesResolver } from './series-resolver.ts';
import { REFERENCE_NONE, Stream } from './stream.ts';
import { writeClassic } from './write/classic.ts';
import { writeCustomBuckets, writeExponential } from './write/histogram.ts';
import { writeNumber } from './write/number.ts';
import type { BoundMetric, PointOutcome, PointWriter, WriteRequest } from './write/request.ts';
import { writeSummary } from './write/summary.ts';
import { TargetInfoWriter } from './write/target-info.ts';

export interface TranslatorOptions {
  readonly sink: SampleSink;
  readonly options?: Partial<TranslateOptions>;
  readonly listener?: TranslateListener;
  readonly limits?: OtlpLimits;
  /** A random number keeps senders from choosing attributes whose hashes collide. */
  readonly hashSeed?: number;
  /** Streams remembered before the memory of them is dropped and built again. */
  readonly streamsMax?: number;
  /** How long the sink keeps a series without samples, at most; totals of deltas live as long. */
  readonly keepTotalsMs?: () => number;
}

/** What became of a request. */
export interface TranslateResult {
  readonly points: number;
  readonly rejectedPoints: number;
  /** For the sender; `''` when nothing was rejected. */
  readonly message: string;
  readonly rejectedByReason: Partial<Record<RejectionReason, number>>;
}

const TOTALS_MS_DEFAULT = 300_000;
const STREAMS_MAX_DEFAULT = 1_000_000;

/** A resource of the request with its metrics, ready to be written. */
interface BoundResource {
  readonly context: ResourceContext;
  readonly metrics: readonly BoundMetric[];
}

interface BoundRequest extends WriteRequest {
  readonly rejections: Rejections;
}

/**
 * Translates metric requests to samples as the OTLP endpoint of Prometheus 3 does, but refuses
 * single points where Prometheus refuses the whole request.
 *
 * Everything of a request is decoded before its first sample is written, so that a malformed one
 * leaves nothing behind.
 */
export class MetricTranslator {
  readonly #sink: SampleSink;
  readonly #options: TranslateOptions;
  readonly #limits: OtlpLimits;
  readonly #streamsMax: number;
  readonly #keepTotalsMs: () => number;
  readonly #builder: LabelBuilder;
  readonly #contexts: ContextCache;
  readonly #streamTable: ByteTable;
  readonly #resolver: SeriesResolver;
  readonly #deltas: DeltaTotals;
  readonly #targetInfo: TargetInfoWriter;
  readonly #listener: TranslateListener;
  readonly #range: ByteRange = { view: new DataView(new ArrayBuffer(0)), from: 0, to: 0 };
  #streams: (Stream | undefined)[] = [];
  /** The stream of each point of the request being translated; -1 where the metric is rejected. */
  #streamOfPoint: Int32Array = new Int32Array(0);

  constructor(settings: TranslatorOptions) {
    const { sink, listener = {}, hashSeed = 0 } = settings;
    this.#sink = sink;
    this.#options = { ...DEFAULT_TRANSLATE_OPTIONS, ...settings.options };
    this.#limits = settings.limits ?? DEFAULT_OTLP_LIMITS;
    this.#streamsMax = settings.streamsMax ?? STREAMS_MAX_DEFAULT;
    this.#keepTotalsMs = settings.keepTotalsMs ?? (() => TOTALS_MS_DEFAULT);
    this.#listener = listener;
    this.#builder = new LabelBuilder(this.#options);
    this.#contexts = new ContextCache(this.#options, this.#builder, { listener, hashSeed });
    this.#streamTable = new ByteTable(hashSeed);
    this.#resolver = new SeriesResolver(sink);
    this.#deltas = new DeltaTotals(this.#streamsMax);
    this.#targetInfo = new TargetInfoWriter(sink, this.#builder, this.#options.lookbackMs);
  }

  /** Streams remembered. */
  get streamCount(): number {
    return this.#streamTable.size;
  }

  /**
   * Forgets which series the sink gave, for when it may answer differently than before, such as
   * after a reload of the rules. Delta totals stay.
   */
  invalidate(): void {
    this.#streamTable.clear();
    this.#contexts.clear();
    this.#streams = [];
  }

  /** @throws {OtlpError} when an attribute or exemplar is malformed; then nothing was written. */
  translate(batch: MetricBatch, nowMs: number): TranslateResult {
    const remembered = Math.max(this.#streamTable.size, this.#contexts.size);
    if (remembered > this.#streamsMax) this.invalidate();
    const resources = this.#bind(batch);
    const exemplars = batch.exemplars.map(({ point, span }) => ({
      point,
      exemplar: readExemplar(batch.slice(span), this.#limits.depthMax),
    }));
    this.#deltas.sweep(nowMs, this.#keepTotalsMs);
    const rejections = this.#write(batch, resources, nowMs);
    for (const { point, exemplar } of exemplars) this.#tellExemplar(point, exemplar);
    return {
      points: batch.pointCount,
      rejectedPoints: rejections.points,
      message: rejections.message,
      rejectedByReason: rejections.byReason,
    };
  }

  /** Finds the stream of every point and decodes the labels of those not seen before. */
  #bind(batch: MetricBatch): BoundResource[] {
    if (this.#streamOfPoint.length < batch.pointCount) {
      this.#streamOfPoint = new Int32Array(batch.points.capacity);
    }
    this.#streamOfPoint.fill(-1, 0, batch.pointCount);
    return batch.resources.map((header) => this.#bindResource(batch, header));
  }

  #bindResource(batch: MetricBatch, header: ResourceHeader): BoundResource {
    const { depthMax } = this.#limits;
    const resource = this.#contexts.resource(batch, header, depthMax);
    const metrics: BoundMetric[] = [];
    for (const scopeHeader of header.scopes) {
      const scope = this.#contexts.scope(batch, scopeHeader, { resource, depthMax });
      for (const metricHeader of scopeHeader.metrics) {
        if (metricHeader.pointsTo === metricHeader.pointsFrom) continue;
        const context = this.#contexts.metric(batch, metricHeader, scope);
        const rejection = resource.rejection ?? scope.rejection ?? context.rejection;
        const metric = { header: metricHeader, context, resource, scope, rejection };
        metrics.push(metric);
        if (rejection === undefined) this.#bindPoints(batch, metric);
      }
    }
    return { context: resource, metrics };
  }

  #bindPoints(batch: MetricBatch, metric: BoundMetric): void {
    const { attributesFrom, attributesTo } = batch.points;
    const { pointsFrom, pointsTo } = metric.header;
    const range = this.#range;
    for (let point = pointsFrom; point < pointsTo; point += 1) {
      batch.locate(range, attributesFrom[point] ?? 0, attributesTo[point] ?? 0);
      const id = this.#streamTable.number(metric.context.id, range);
      this.#streamOfPoint[point] = id;
      if (this.#streams[id] !== undefined) continue;
      // Decoded before it is remembered: a malformed attribute throws, next time again.
      const pairs = this.#decodeLabels(batch, metric, point);
      const stream = new Stream();
      stream.pairs = pairs;
      this.#streams[id] = stream;
    }
  }

  /** `undefined` when an attribute cannot be named. */
  #decodeLabels(batch: MetricBatch, metric: BoundMetric, point: number): LabelPairs | undefined {
    const from = batch.points.attributesFrom[point] ?? 0;
    const to = batch.points.attributesTo[point] ?? 0;
    const attributes = readAttributes(batch.slice({ from, to }), this.#limits.depthMax);
    const { resource, scope, context } = metric;
    try {
      const pairs = this.#builder.point(attributes, resource.labels, scope.labels);
      for (const [name, value] of context.labels) pairs.set(name, value);
      return pairs;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return undefined;
    }
  }

  #write(batch: MetricBatch, resources: readonly BoundResource[], nowMs: number): Rejections {
    const rejections = new Rejections();
    const first = resources.find(({ metrics }) => metrics.length > 0)?.metrics[0];
    if (first === undefined) return rejections;
    const request: BoundRequest = {
      sink: this.#sink,
      resolver: this.#resolver,
      options: this.#options,
      deltas: this.#deltas,
      batch,
      nowMs,
      rejections,
      metric: first,
      labelsOf: (stream, point) => stream.pairs ?? this.#decodeLabels(batch, request.metric, point),
    };
    for (const { context, metrics } of resources) {
      for (const metric of metrics) this.#writeMetric(request, metric);
      this.#targetInfo.write(batch, context, metrics);
    }
    return rejections;
  }

  #writeMetric(request: BoundRequest, metric: BoundMetric): void {
    const { header, context, rejection } = metric;
    const write = this.#writerOf(metric);
    if (rejection !== undefined || write === undefined) {
      const points = header.pointsTo - header.pointsFrom;
      if (rejection !== undefined) request.rejections.add(rejection, context.name, points);
      return;
    }
    request.metric = metric;
    for (let point = header.pointsFrom; point < header.pointsTo; point += 1) {
      const stream = this.#streams[this.#streamOfPoint[point] ?? -1];
      if (stream === undefined) continue;
      let outcome = write(request, stream, point);
      if (outcome === 'accepted') continue;
      if (outcome === 'unknown_series') {
        // The sink dropped the series meanwhile: asked by its labels it makes it again.
        forgetSeries(stream);
        outcome = write(request, stream, point);
      }
      if (isRejection(outcome)) request.rejections.add(outcome, context.name);
    }
  }

  #writerOf({ header }: BoundMetric): PointWriter | undefined {
    switch (header.kind) {
      case 'gauge':
      case 'sum':
        return writeNumber;
      case 'histogram':
        return this.#options.convertHistogramsToNhcb ? writeCustomBuckets : writeClassic;
      case 'exponential_histogram':
        return writeExponential;
      case 'summary':
        return writeSummary;
      case 'none':
        return undefined;
    }
  }

  /**
   * Names the series that the exemplar's value counts in; of a histogram its bucket, or its count or
   * sum where only these are kept: a rule on failed requests reads no buckets.
   */
  #tellExemplar(point: number, exemplar: Exemplar): void {
    const stream = this.#streams[this.#streamOfPoint[point] ?? -1];
    if (stream === undefined || this.#listener.onExemplar === undefined) return;
    const { family } = stream;
    const bucket = family?.keys.findIndex((bound) => exemplar.value <= bound) ?? -1;
    const references =
      family === undefined
        ? [stream.reference]
        : [family.members.at(bucket) ?? REFERENCE_NONE, family.count, family.sum];
    const reference = references.find((each) => each >= 0);
    if (reference !== undefined) this.#listener.onExemplar(reference, exemplar);
  }
}

function forgetSeries(stream: Stream): void {
  stream.reference = REFERENCE_NONE;
  stream.family = undefined;
}

function isRejection(outcome: PointOutcome): outcome is RejectionReason {
  return outcome !== 'accepted' && outcome !== 'duplicate' && outcome !== 'unselected';
}
