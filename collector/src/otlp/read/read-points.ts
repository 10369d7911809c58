import {
  type BucketSide,
  type MetricBatch,
  POINT_HAS_SUM,
  POINT_NO_RECORDED_VALUE,
  type PointColumns,
  type Span,
} from '../metric-batch.ts';
import { WIRE_BYTES, type WireReader } from '../wire-reader.ts';

/** Reads one point, its length included, and adds it to the batch. */
export type PointReader = (reader: WireReader, batch: MetricBatch) => void;

export function readNumberPoint(reader: WireReader, batch: MetricBatch): void {
  const index = batch.addPoint();
  const { points } = batch;
  const outer = reader.enter();
  while (reader.hasMore) {
    const at = reader.position;
    const tag = reader.tag();
    // A tag is the number of the field in metrics.proto, shifted left by 3, and its wire type.
    switch (tag) {
      case 0x3a:
        noteAttribute(reader, batch, at);
        break;
      case 0x11:
        points.startTimesMs[index] = reader.nanosecondsAsMs();
        break;
      case 0x19:
        points.timesMs[index] = reader.nanosecondsAsMs();
        break;
      case 0x21:
        points.values[index] = reader.double();
        break;
      case 0x31:
        points.values[index] = reader.sfixed64();
        break;
      case 0x2a:
        noteExemplar(reader, batch);
        break;
      case 0x40:
        noteFlags(points, reader.uint32());
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
}

export function readHistogramPoint(reader: WireReader, batch: MetricBatch): void {
  const index = batch.addPoint();
  const { points } = batch;
  const counts = new NumberList(batch);
  const bounds = new NumberList(batch);
  let count = 0;
  const outer = reader.enter();
  while (reader.hasMore) {
    const at = reader.position;
    const tag = reader.tag();
    if (tag === 0x4a) noteAttribute(reader, batch, at);
    else if (tag === 0x21) count = reader.fixed64();
    else if (tag === 0x32 || tag === 0x31) counts.read(reader, tag, readFixed64);
    else if (tag === 0x3a || tag === 0x39) bounds.read(reader, tag, readDouble);
    else if (tag === 0x42) noteExemplar(reader, batch);
    else if (tag === 0x50) noteFlags(points, reader.uint32());
    else if (!readTimesAndSum(reader, tag, points)) reader.skip(tag);
  }
  reader.leave(outer);
  points.details[index] = batch.histograms.length;
  batch.histograms.push({ count, counts: counts.span, bounds: bounds.span });
}

export function readExponentialPoint(reader: WireReader, batch: MetricBatch): void {
  const index = batch.addPoint();
  const { points } = batch;
  const rest = { count: 0, scale: 0, zeroCount: 0, zeroThreshold: 0 };
  const positive = new BucketReader(batch);
  const negative = new BucketReader(batch);
  const outer = reader.enter();
  while (reader.hasMore) {
    const at = reader.position;
    const tag = reader.tag();
    if (tag === 0x0a) noteAttribute(reader, batch, at);
    else if (tag === 0x42) positive.read(reader);
    else if (tag === 0x4a) negative.read(reader);
    else if (tag === 0x5a) noteExemplar(reader, batch);
    else if (tag === 0x50) noteFlags(points, reader.uint32());
    else if (!readTimesAndSum(reader, tag, points)) readExponentialScalar(reader, tag, rest);
  }
  reader.leave(outer);
  points.details[index] = batch.exponentials.length;
  batch.exponentials.push({ ...rest, positive: positive.side, negative: negative.side });
}

export function readSummaryPoint(reader: WireReader, batch: MetricBatch): void {
  const index = batch.addPoint();
  const { points } = batch;
  const quantiles = new NumberList(batch);
  let count = 0;
  // A summary always has a sum; 0 is what an absent field means.
  points.flags[index] = POINT_HAS_SUM;
  const outer = reader.enter();
  while (reader.hasMore) {
    const at = reader.position;
    const tag = reader.tag();
    if (tag === 0x3a) noteAttribute(reader, batch, at);
    else if (tag === 0x21) count = reader.fixed64();
    else if (tag === 0x32) readQuantile(reader, quantiles);
    else if (tag === 0x40) noteFlags(points, reader.uint32());
    else if (!readTimesAndSum(reader, tag, points)) reader.skip(tag);
  }
  reader.leave(outer);
  points.details[index] = batch.summaries.length;
  batch.summaries.push({ count, quantiles: quantiles.span });
}

/** Start, time and sum have the same numbers in every point that has them. */
function readTimesAndSum(reader: WireReader, tag: number, points: PointColumns): boolean {
  const index = points.size - 1;
  if (tag === 0x11) points.startTimesMs[index] = reader.nanosecondsAsMs();
  else if (tag === 0x19) points.timesMs[index] = reader.nanosecondsAsMs();
  else if (tag === 0x29) noteSum(points, reader.double());
  else return false;
  return true;
}

function readExponentialScalar(
  reader: WireReader,
  tag: number,
  rest: { count: number; scale: number; zeroCount: number; zeroThreshold: number },
): void {
  if (tag === 0x21) rest.count = reader.fixed64();
  else if (tag === 0x30) rest.scale = reader.sint32();
  else if (tag === 0x39) rest.zeroCount = reader.fixed64();
  else if (tag === 0x71) rest.zeroThreshold = reader.double();
  else reader.skip(tag);
}

function readQuantile(reader: WireReader, quantiles: NumberList): void {
  const pair = { quantile: 0, value: 0 };
  const outer = reader.enter();
  while (reader.hasMore) {
    const tag = reader.tag();
    if (tag === 0x09) pair.quantile = reader.double();
    else if (tag === 0x11) pair.value = reader.double();
    else reader.skip(tag);
  }
  reader.leave(outer);
  quantiles.add(pair.quantile);
  quantiles.add(pair.value);
}

/**
 * A repeated number field, packed or not. The pieces of one field usually follow each other, so
 * the list is a span of `MetricBatch.numbers`; when another list got in between, it moves on.
 */
class NumberList {
  readonly span: Span;
  readonly #batch: MetricBatch;

  constructor(batch: MetricBatch) {
    this.#batch = batch;
    this.span = { from: 0, to: 0 };
  }

  add(value: number): void {
    this.#moveToEnd();
    this.#batch.addNumber(value);
    this.span.to = this.#batch.numbersSize;
  }

  read(reader: WireReader, tag: number, readOne: (reader: WireReader) => number): void {
    if ((tag & 7) !== WIRE_BYTES) {
      this.add(readOne(reader));
      return;
    }
    this.#moveToEnd();
    const outer = reader.enter();
    while (reader.hasMore) this.#batch.addNumber(readOne(reader));
    reader.leave(outer);
    this.span.to = this.#batch.numbersSize;
  }

  #moveToEnd(): void {
    const { span } = this;
    const batch = this.#batch;
    const size = batch.numbersSize;
    if (span.to !== size && span.to > span.from) {
      batch.reserveNumbers(span.to - span.from);
      batch.numbers.copyWithin(size, span.from, span.to);
      batch.numbersSize = size + span.to - span.from;
    }
    if (span.to !== size) {
      span.from = size;
      span.to = batch.numbersSize;
    }
  }
}

/** `Buckets` of an exponential histogram; in pieces it is merged, so the counts follow each other. */
class BucketReader {
  readonly #counts: NumberList;
  #offset = 0;

  constructor(batch: MetricBatch) {
    this.#counts = new NumberList(batch);
  }

  get side(): BucketSide {
    return { offset: this.#offset, from: this.#counts.span.from, to: this.#counts.span.to };
  }

  read(reader: WireReader): void {
    const outer = reader.enter();
    while (reader.hasMore) {
      const tag = reader.tag();
      if (tag === 0x08) this.#offset = reader.sint32();
      else if (tag === 0x12 || tag === 0x10) this.#counts.read(reader, tag, readVarint);
      else reader.skip(tag);
    }
    reader.leave(outer);
  }
}

function readFixed64(reader: WireReader): number {
  return reader.fixed64();
}

function readDouble(reader: WireReader): number {
  return reader.double();
}

function readVarint(reader: WireReader): number {
  return reader.uint64();
}

function noteAttribute(reader: WireReader, batch: MetricBatch, at: number): void {
  const { attributesFrom, attributesTo, size } = batch.points;
  const index = size - 1;
  const to = reader.fieldEnd();
  reader.position = to;
  const known = attributesTo[index] ?? 0;
  if (known === at) {
    attributesTo[index] = to;
  } else if (known === 0) {
    attributesFrom[index] = at;
    attributesTo[index] = to;
  } else {
    const span = { from: attributesFrom[index] ?? 0, to: known };
    batch.join(span, { from: at, to });
    attributesFrom[index] = span.from;
    attributesTo[index] = span.to;
  }
}

function noteExemplar(reader: WireReader, batch: MetricBatch): void {
  const to = reader.fieldEnd();
  batch.exemplars.push({ point: batch.points.size - 1, span: { from: reader.position, to } });
  reader.position = to;
}

function noteFlags(points: PointColumns, flags: number): void {
  const index = points.size - 1;
  const kept = (points.flags[index] ?? 0) & ~POINT_NO_RECORDED_VALUE;
  points.flags[index] = kept | (flags & POINT_NO_RECORDED_VALUE);
}

function noteSum(points: PointColumns, sum: number): void {
  const index = points.size - 1;
  points.values[index] = sum;
  points.flags[index] = (points.flags[index] ?? 0) | POINT_HAS_SUM;
}
