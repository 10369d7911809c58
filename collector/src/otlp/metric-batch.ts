import { ByteArena, type ByteRange } from './byte-range.ts';
import { type OtlpLimits } from './limits.ts';
import { OtlpError } from './otlp-error.ts';

/** Bits of `PointColumns.flags`. The first is OTLP's own, the others say which fields were there. */
export const POINT_NO_RECORDED_VALUE = 1;
export const POINT_HAS_SUM = 2;

export type Temporality = 'unspecified' | 'delta' | 'cumulative';

export type MetricKind =
  | 'none'
  | 'gauge'
  | 'sum'
  | 'histogram'
  | 'exponential_histogram'
  | 'summary';

/** `from` to `to` in the batch's bytes; beyond the request's own bytes, in what was put together. */
export interface Span {
  from: number;
  to: number;
}

export interface ResourceHeader {
  /** The encoded `Resource`. */
  readonly resource: Span;
  readonly scopes: ScopeHeader[];
}

export interface ScopeHeader {
  /** The encoded `InstrumentationScope`. */
  readonly scope: Span;
  readonly schemaUrl: Span;
  readonly metrics: MetricHeader[];
}

export interface MetricHeader {
  readonly name: Span;
  readonly unit: Span;
  readonly description: Span;
  kind: MetricKind;
  temporality: Temporality;
  isMonotonic: boolean;
  /** The metric's points, `pointsTo` exclusive. */
  readonly pointsFrom: number;
  pointsTo: number;
}

/** One side of an exponential histogram; counts are in `MetricBatch.numbers`. */
export interface BucketSide {
  readonly offset: number;
  readonly from: number;
  readonly to: number;
}

/** What an exponential histogram point has beyond the columns. */
export interface ExponentialPoint {
  readonly count: number;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: BucketSide;
  readonly negative: BucketSide;
}

/** What a classic histogram point has beyond the columns; both parts are in `numbers`. */
export interface HistogramPoint {
  readonly count: number;
  readonly counts: Span;
  readonly bounds: Span;
}

/** What a summary point has beyond the columns: quantile, value, quantile, value ... in `numbers`. */
export interface SummaryPoint {
  readonly count: number;
  readonly quantiles: Span;
}

export interface ExemplarSpan {
  readonly point: number;
  /** The encoded `Exemplar`. */
  readonly span: Span;
}

const CAPACITY_MIN = 64;
const CAPACITY_FIRST_MAX = 65_536;

/** A data point rarely takes less; only the first size of the columns depends on it. */
const POINT_BYTES_TYPICAL = 128;

/** How much larger than the request its pieces may become when they are put together. */
const JOINED_BYTES_SPARE = 1_048_576;

/** The fields that points of every kind share, one array for each. */
export class PointColumns {
  size = 0;
  capacity = 0;
  /** Milliseconds since the epoch, rounded down; 0 when the producer sent none. */
  timesMs: Float64Array = new Float64Array(0);
  startTimesMs: Float64Array = new Float64Array(0);
  /** The value of a number; the sum of a histogram or summary. */
  values: Float64Array = new Float64Array(0);
  flags: Uint8Array = new Uint8Array(0);
  /** The encoded attributes, each with its tag, as a span of the batch's bytes. */
  attributesFrom: Int32Array = new Int32Array(0);
  attributesTo: Int32Array = new Int32Array(0);
  /** Which entry of the batch's list for the metric's kind has the rest of the point. */
  details: Int32Array = new Int32Array(0);

  constructor(capacity: number) {
    this.#resize(capacity);
  }

  /** Adds an empty point and returns its index. */
  add(): number {
    const index = this.size;
    if (index === this.capacity) this.#resize(this.capacity * 2);
    this.size = index + 1;
    this.timesMs[index] = 0;
    this.startTimesMs[index] = 0;
    this.values[index] = 0;
    this.flags[index] = 0;
    this.attributesFrom[index] = 0;
    this.attributesTo[index] = 0;
    this.details[index] = -1;
    return index;
  }

  #resize(capacity: number): void {
    this.timesMs = grown(this.timesMs, new Float64Array(capacity));
    this.startTimesMs = grown(this.startTimesMs, new Float64Array(capacity));
    this.values = grown(this.values, new Float64Array(capacity));
    this.flags = grown(this.flags, new Uint8Array(capacity));
    this.attributesFrom = grown(this.attributesFrom, new Int32Array(capacity));
    this.attributesTo = grown(this.attributesTo, new Int32Array(capacity));
    this.details = grown(this.details, new Int32Array(capacity));
    this.capacity = capacity;
  }
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Columns above this many points or numbers are not kept for the next request. */
const KEPT_CAPACITY_MAX = 131_072;

/**
 * The arrays of requests that are done, for the next one to fill again. A service that reads one
 * request after the other would else leave the garbage collector a megabyte of them each time.
 */
export class SpareColumns {
  #points: PointColumns | undefined;
  #numbers: Float64Array | undefined;

  takePoints(capacity: number): PointColumns {
    const points = this.#points ?? new PointColumns(capacity);
    this.#points = undefined;
    points.size = 0;
    return points;
  }

  takeNumbers(): Float64Array {
    const numbers = this.#numbers ?? new Float64Array(CAPACITY_MIN);
    this.#numbers = undefined;
    return numbers;
  }

  /** Takes the columns of a batch back. Nothing may read this batch, or views of it, afterwards. */
  giveBack({ points, numbers }: MetricBatch): void {
    if (points.capacity <= KEPT_CAPACITY_MAX) this.#points = points;
    if (numbers.length <= KEPT_CAPACITY_MAX) this.#numbers = numbers;
  }
}

/** One metrics request, read but not translated. */
export class MetricBatch {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly resources: ResourceHeader[] = [];
  readonly points: PointColumns;
  /** Ascending by point. */
  readonly exemplars: ExemplarSpan[] = [];
  /** What `PointColumns.details` counts in, by the kind of the point's metric. */
  readonly histograms: HistogramPoint[] = [];
  readonly exponentials: ExponentialPoint[] = [];
  readonly summaries: SummaryPoint[] = [];
  /** Bucket counts, bounds and quantiles. */
  numbers: Float64Array;
  numbersSize = 0;
  /** Messages that stood in the request in pieces, put together. */
  readonly joined: ByteArena = new ByteArena(0);
  readonly #limits: OtlpLimits;
  #groups = 0;
  /** How many numbers fit before the next reservation. */
  #numbersRoom = 0;

  constructor(bytes: Uint8Array, limits: OtlpLimits, spare: SpareColumns = new SpareColumns()) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#limits = limits;
    // One allocation for most requests; the guess costs nothing where it is wrong.
    const guess = Math.ceil(bytes.length / POINT_BYTES_TYPICAL);
    this.points = spare.takePoints(Math.min(Math.max(guess, CAPACITY_MIN), CAPACITY_FIRST_MAX));
    this.numbers = spare.takeNumbers();
  }

  /** Data points in the request. */
  get pointCount(): number {
    return this.points.size;
  }

  addPoint(): number {
    if (this.points.size >= this.#limits.itemsMax) {
      throw tooLarge(`more than ${this.#limits.itemsMax} data points`);
    }
    return this.points.add();
  }

  countGroup(): void {
    this.#groups += 1;
    if (this.#groups > this.#limits.groupsMax) {
      throw tooLarge(`more than ${this.#limits.groupsMax} resources, scopes and metrics`);
    }
  }

  addNumber(value: number): void {
    if (this.numbersSize >= this.#numbersRoom) this.reserveNumbers(1);
    this.numbers[this.numbersSize] = value;
    this.numbersSize += 1;
  }

  reserveNumbers(extra: number): void {
    const needed = this.numbersSize + extra;
    if (needed > this.#limits.numbersMax) {
      throw tooLarge(`more than ${this.#limits.numbersMax} bucket counts, bounds and quantiles`);
    }
    if (needed > this.numbers.length) {
      const larger = new Float64Array(Math.max(needed, this.numbers.length * 2));
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.#numbersRoom = Math.min(this.numbers.length, this.#limits.numbersMax);
  }

  /** Drops the points from `size` on. */
  truncatePoints(size: number): void {
    // Exemplars are ascending by point, so those of dropped points are the last.
    while ((this.exemplars.at(-1)?.point ?? -1) >= size) this.exemplars.pop();
    this.points.size = size;
  }

  /**
   * Adds a piece of an encoded message to the pieces before it. Protobuf allows a message to come
   * in pieces, and reading their concatenation is the same as merging them.
   */
  join(span: Span, piece: Span): void {
    if (span.to === span.from || span.to === piece.from) {
      if (span.to === span.from) span.from = piece.from;
      span.to = piece.to;
      return;
    }
    const base = this.bytes.length;
    // The pieces before it are the last that were joined: it grows in place.
    const isLast = span.to === base + this.joined.length;
    const from = isLast ? span.from : base + this.joined.append(this.slice(span));
    this.joined.append(this.slice(piece));
    if (this.joined.length > base + JOINED_BYTES_SPARE) {
      throw tooLarge('messages scattered over it in pieces');
    }
    span.from = from;
    span.to = base + this.joined.length;
  }

  slice({ from, to }: Span): Uint8Array {
    const base = this.bytes.length;
    return from < base
      ? this.bytes.subarray(from, to)
      : this.joined.bytes.subarray(from - base, to - base);
  }

  /** Points `range` at a span. */
  locate(range: ByteRange, from: number, to: number): void {
    const base = this.bytes.length;
    const isJoined = from >= base && to > from;
    range.view = isJoined ? this.joined.view : this.view;
    range.from = isJoined ? from - base : from;
    range.to = isJoined ? to - base : to;
  }
}

function tooLarge(what: string): OtlpError {
  return new OtlpError(
    'OTLP_TOO_LARGE',
    `Cannot take an OTLP request with ${what}: send less at a time`,
  );
}
