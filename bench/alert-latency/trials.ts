import { metricsBody } from '../../test/support/collector/alert-service.ts';
import { delay, type WebhookSink } from '../../test/support/collector/service-process.ts';
import { quantile } from '../quantiles.ts';

export interface TrialOptions {
  /** Where OTLP metrics are posted. */
  readonly url: string;
  readonly sink: WebhookSink;
  readonly trials: number;
  /** Not counted. */
  readonly warmups: number;
  readonly pauseMs: (trial: number) => number;
}

export interface LatencyFigures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly n: number;
  /** Trials whose message did not come within `TRIAL_MS_MAX`. */
  readonly lost: number;
}

const TRIAL_MS_MAX = 10_000;
const LOST_MAX = 3;

/** Every second trial fires the alert, every other resolves it: from OTLP sent to webhook received. */
export async function measureLatency(options: TrialOptions): Promise<LatencyFigures> {
  const { url, sink, trials, warmups, pauseMs } = options;
  const latencies: number[] = [];
  let lost = 0;
  for (let trial = 0; trial < warmups + trials; trial += 1) {
    const isHigh = trial % 2 === 0;
    const status = isHigh ? 'firing' : 'resolved';
    const startMs = performance.now();
    const sent = send(url, isHigh ? 20 : 1);
    const message = sink.waitFor(({ payload }) => payload.status === status);
    const isReceived = await Promise.race([message, delay(TRIAL_MS_MAX)]);
    const latencyMs = performance.now() - startMs;
    await sent;
    sink.received.length = 0;
    if (isReceived === undefined) lost += 1;
    else if (trial >= warmups) latencies.push(latencyMs);
    if (lost > LOST_MAX) throw new Error(`${lost} messages did not come within ${TRIAL_MS_MAX} ms`);
    await delay(pauseMs(trial));
  }
  const at = (share: number): number => Math.round(quantile(latencies, share) * 100) / 100;
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), n: latencies.length, lost };
}

async function send(url: string, value: number): Promise<void> {
  const body = metricsBody([{ name: 'bench_depth', value, timeMs: Date.now() }]);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: body as Uint8Array<ArrayBuffer>,
  });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`The receiver answered ${response.status}`);
}
