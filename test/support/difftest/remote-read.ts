import protobuf from 'protobufjs';

import { snappyDecode, snappyEncode } from './snappy.ts';

/** Prometheus' remote read, with doubles as bit patterns: a stale marker is a NaN of its own. */
const PROTO = `
syntax = "proto3";
message ReadRequest { repeated Query queries = 1; }
message Query {
  int64 start_timestamp_ms = 1; int64 end_timestamp_ms = 2; repeated Matcher matchers = 3;
}
message Matcher { int32 type = 1; string name = 2; string value = 3; }
message ReadResponse { repeated QueryResult results = 1; }
message QueryResult { repeated TimeSeries timeseries = 1; }
message TimeSeries {
  repeated Label labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 4;
}
message Label { string name = 1; string value = 2; }
message Sample { fixed64 value = 1; int64 timestamp = 2; }
message Histogram {
  uint64 count_int = 1; double count_float = 2; fixed64 sum = 3; sint32 schema = 4;
  double zero_threshold = 5; uint64 zero_count_int = 6; double zero_count_float = 7;
  repeated Span negative_spans = 8; repeated sint64 negative_deltas = 9;
  repeated double negative_counts = 10;
  repeated Span positive_spans = 11; repeated sint64 positive_deltas = 12;
  repeated double positive_counts = 13;
  int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16;
}
message Span { sint32 offset = 1; uint32 length = 2; }
`;

const root = protobuf.parse(PROTO).root;
const STALE_BITS = 0x7ff0000000000002n;

/** What is stored at one time, in a shape in which equal samples are equal objects. */
export type StoredSample =
  | { readonly timeMs: number; readonly value: number }
  | { readonly timeMs: number; readonly isStale: true }
  | { readonly timeMs: number; readonly histogram: StoredHistogram };

/** A native histogram by bucket index, without empty buckets: layouts may differ, contents not. */
export interface StoredHistogram {
  readonly schema: number;
  readonly count: number;
  readonly sum: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: Readonly<Record<number, number>>;
  readonly negative: Readonly<Record<number, number>>;
  readonly customValues: readonly number[];
}

/** Samples by series, the series named by its sorted labels as JSON. */
export type StoredSeriesMap = Readonly<Record<string, readonly StoredSample[]>>;

type Plain = Record<string, unknown>;

export interface ReadRange {
  readonly label: string;
  readonly value: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Every stored sample of the series whose `label` has this value, markers of staleness included. */
export async function remoteRead(url: string, range: ReadRange): Promise<StoredSeriesMap> {
  const type = root.lookupType('ReadRequest');
  const body = type.encode(
    type.fromObject({
      queries: [
        {
          startTimestampMs: range.startMs,
          endTimestampMs: range.endMs,
          matchers: [{ type: 0, name: range.label, value: range.value }],
        },
      ],
    }),
  );
  const response = await fetch(`${url}/api/v1/read`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-read-version': '0.1.0',
    },
    body: Uint8Array.from(snappyEncode(body.finish())),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) throw new Error(`Cannot read: ${Buffer.from(bytes).toString()}`);
  const answer = root.lookupType('ReadResponse').decode(snappyDecode(bytes));
  const plain = root
    .lookupType('ReadResponse')
    .toObject(answer, { longs: BigInt, defaults: true }) as Plain;
  const series = list(plain['results']).flatMap((result) => list(result['timeseries']));
  return Object.fromEntries(series.map((one) => [seriesName(one), samplesOf(one)]));
}

/** The name under which a series stands in a `StoredSeriesMap`. */
export function seriesKey(labels: Iterable<readonly [string, string]>): string {
  return JSON.stringify([...labels].sort(([left], [right]) => (left < right ? -1 : 1)));
}

function seriesName(series: Plain): string {
  return seriesKey(
    list(series['labels']).map(({ name, value }) => [String(name), String(value)] as const),
  );
}

function samplesOf(series: Plain): StoredSample[] {
  const floats = list(series['samples']).map(({ timestamp, value }): StoredSample => {
    const timeMs = Number(timestamp);
    if (value === STALE_BITS) return { timeMs, isStale: true };
    return { timeMs, value: doubleOf(value as bigint) };
  });
  const histograms = list(series['histograms']).map((histogram): StoredSample => {
    const timeMs = Number(histogram['timestamp']);
    if (histogram['sum'] === STALE_BITS) return { timeMs, isStale: true };
    return { timeMs, histogram: histogramOf(histogram) };
  });
  return [...floats, ...histograms].sort((left, right) => left.timeMs - right.timeMs);
}

function histogramOf(histogram: Plain): StoredHistogram {
  const side = (name: string): Record<number, number> => {
    const deltas = (histogram[`${name}Deltas`] as bigint[]).map(Number);
    let last = 0;
    const counts = deltas.map((delta) => (last += delta));
    const floats = histogram[`${name}Counts`] as number[];
    return bucketMap(
      list(histogram[`${name}Spans`]) as unknown as { offset: number; length: number }[],
      counts.length > 0 ? counts : floats,
    );
  };
  return {
    schema: Number(histogram['schema']),
    count: Number(histogram['countInt']) + Number(histogram['countFloat']),
    sum: doubleOf(histogram['sum'] as bigint),
    zeroThreshold: Number(histogram['zeroThreshold']),
    zeroCount: Number(histogram['zeroCountInt']) + Number(histogram['zeroCountFloat']),
    positive: side('positive'),
    negative: side('negative'),
    customValues: histogram['customValues'] as number[],
  };
}

/** Non-empty buckets by index. */
export function bucketMap(
  spans: readonly { readonly offset: number; readonly length: number }[],
  counts: readonly number[],
): Record<number, number> {
  const buckets: Record<number, number> = {};
  let index = 0;
  let at = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let step = 0; step < length; step += 1, index += 1, at += 1) {
      const count = counts[at] ?? 0;
      if (count !== 0) buckets[index] = count;
    }
  }
  return buckets;
}

function doubleOf(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(bits));
  return view.getFloat64(0);
}

function list(value: unknown): Plain[] {
  return (value ?? []) as Plain[];
}
