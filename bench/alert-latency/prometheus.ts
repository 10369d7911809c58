import { rmSync } from 'node:fs';

import { WebhookSink } from '../../test/support/collector/service-process.ts';
import { startPrometheus } from '../whole-process/prometheus.ts';
import { type LatencyFigures, measureLatency } from './trials.ts';

const TRIALS = 30;

/**
 * The same trials through Prometheus and Alertmanager, evaluated every second and with the shortest
 * waits that both allow; `undefined` where they are not built.
 */
export async function measurePrometheus(rules: string): Promise<LatencyFigures | undefined> {
  const sink = new WebhookSink();
  await sink.start();
  const server = await startPrometheus({ webhookUrl: sink.url, rules });
  if (server === undefined) {
    sink.stop();
    return undefined;
  }
  try {
    // A message comes at a tick; pauses of all lengths meet all phases of the interval.
    const pauseMs = (trial: number): number => 1000 + ((trial * 317) % 1000);
    const trials = { trials: TRIALS, warmups: 2, pauseMs };
    return await measureLatency({ url: server.metricsUrl, sink, ...trials });
  } finally {
    await Promise.all(server.programs.map((program) => program.end()));
    sink.stop();
    rmSync(server.folder, { recursive: true });
  }
}
