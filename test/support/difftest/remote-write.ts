import protobuf from 'protobufjs';

import type { NewSample } from '../../../collector/src/promql/memory-source.ts';
import type { DataSeries } from './dataset.ts';
import { snappyEncode } from './snappy.ts';

/** Prometheus' remote write 1.0, with doubles as bit patterns so that stale markers survive. */
const PROTO = `
syntax = "proto3";
message WriteRequest { repeated TimeSeries timeseries = 1; }
message TimeSeries {
  repeated Label labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 4;
}
message Label { string name = 1; string value = 2; }
message Sample { fixed64 value = 1; int64 timestamp = 2; }
message Histogram {
  uint64 count_int = 1; fixed64 sum = 3; sint32 schema = 4; double zero_threshold = 5;
  uint64 zero_count_int = 6;
  repeated Span negative_spans = 8; repeated sint64 negative_deltas = 9;
  repeated Span positive_spans = 11; repeated sint64 positive_deltas = 12;
  int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16;
}
message Span { sint32 offset = 1; uint32 length = 2; }
`;

const root = protobuf.parse(PROTO).root;
const STALE_BITS = '9218868437227405314';
const HINTS = { unknown: 0, reset: 1, not_reset: 2, gauge: 3 };

/** Writes series to Prometheus exactly as they are: every bit of every sample. */
export async function remoteWrite(url: string, dataset: readonly DataSeries[]): Promise<void> {
  const runs = dataset.map((series) => ({ series, runs: runsOf(series.samples) }));
  const rounds = Math.max(...runs.map((one) => one.runs.length));
  // One request a run: in one message floats come before histograms, whatever their times.
  for (let round = 0; round < rounds; round += 1) {
    const timeseries = runs.flatMap((one) => {
      const run = one.runs[round];
      return run === undefined ? [] : [encodeRun(one.series, run)];
    });
    await post(url, timeseries);
  }
}

async function post(url: string, timeseries: readonly object[]): Promise<void> {
  const type = root.lookupType('WriteRequest');
  const message = type.fromObject({ timeseries });
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: Uint8Array.from(snappyEncode(type.encode(message).finish())),
  });
  if (!response.ok) {
    throw new Error(`Cannot write to Prometheus: ${response.status} ${await response.text()}`);
  }
}

interface Run {
  readonly isHistogram: boolean;
  readonly samples: NewSample[];
}

/** Stretches of floats and of histograms; a stale marker belongs to the stretch that it ends. */
function runsOf(samples: readonly NewSample[]): Run[] {
  const runs: Run[] = [];
  for (const sample of samples) {
    const last = runs.at(-1);
    const isHistogram = sample.histogram !== undefined;
    const continues = sample.isStale === true || last?.isHistogram === isHistogram;
    if (last !== undefined && continues) last.samples.push(sample);
    else runs.push({ isHistogram, samples: [sample] });
  }
  return runs;
}

function encodeRun({ labels }: DataSeries, { isHistogram, samples }: Run): object {
  return {
    labels: [...labels].map(([name, value]) => ({ name, value })),
    samples: isHistogram ? [] : samples.map(encodeFloat),
    histograms: isHistogram ? samples.map(encodeHistogram) : [],
  };
}

function encodeFloat({ timeMs, value, isStale }: NewSample): object {
  return { timestamp: timeMs, value: isStale === true ? STALE_BITS : bitsOf(value ?? 0) };
}

function encodeHistogram({ timeMs, histogram }: NewSample): object {
  if (histogram === undefined) return { timestamp: timeMs, sum: STALE_BITS };
  return {
    timestamp: timeMs,
    countInt: histogram.count,
    sum: bitsOf(histogram.sum),
    schema: histogram.schema,
    zeroThreshold: histogram.zeroThreshold,
    zeroCountInt: histogram.zeroCount,
    negativeSpans: histogram.negativeSpans,
    negativeDeltas: deltasOf(histogram.negativeCounts),
    positiveSpans: histogram.positiveSpans,
    positiveDeltas: deltasOf(histogram.positiveCounts),
    resetHint: HINTS[histogram.counterResetHint],
    customValues: histogram.customValues,
  };
}

function deltasOf(counts: readonly number[]): number[] {
  return counts.map((count, index) => count - (counts[index - 1] ?? 0));
}

function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString();
}
