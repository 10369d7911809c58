/**
 * What whole processes hold and use: the alert service beside Prometheus, both as people run them,
 * with the same series and samples sent over OTLP.
 *
 * Memory and CPU are the kernel's count of the process, so that heap slack, buffers of requests,
 * the write-ahead log and all threads are in. `bytesPerSeries` of `bench ingest` is heap only.
 */
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { encodeExport, STREAMS } from './ingest/exports.ts';
import { type MeasuredServer, startAlertService } from './whole-process/alert-service.ts';
import { startPrometheus } from './whole-process/prometheus.ts';

const EXPORTS = 40;
const STEP_MS = 10_000;
/** After the load, so that what a request held is collected by those that collect in the back. */
const REST_MS = 5000;

interface Figures {
  readonly idleRssMib: number;
  readonly rssMib: number;
  readonly peakRssMib: number;
  readonly cpuSeconds: number;
  readonly pointsPerCpuSecond: number;
}

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const startMs = Date.now() - EXPORTS * STEP_MS;
  const bodies = Array.from({ length: EXPORTS }, (_, index) => {
    const timeMs = startMs + index * STEP_MS;
    return gzipSync(encodeExport({ index, timeMs, startMs: startMs - 60_000 }));
  });
  const common = { webhookUrl: 'http://127.0.0.1:9/', rules: 'groups: []\n' };
  const own = await measure(await startAlertService(common), bodies);
  const prometheus = await startPrometheus(common);
  const figures = {
    ...own,
    ...(prometheus === undefined ? {} : { prometheus: await measure(prometheus, bodies) }),
  };
  if (!options.isJson) process.stdout.write('42,000 series with 40 samples each, over OTLP\n');
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

async function measure(server: MeasuredServer, bodies: readonly Uint8Array[]): Promise<Figures> {
  const [program] = server.programs;
  if (program === undefined) throw new Error(`${server.name} has no program`);
  try {
    await sleep(1000);
    const idle = program.figures();
    for (const body of bodies) await send(server.metricsUrl, body);
    const loaded = program.figures();
    await sleep(REST_MS);
    const { rssMib, peakRssMib } = program.figures();
    const cpuSeconds = loaded.cpuSeconds - idle.cpuSeconds;
    return {
      idleRssMib: idle.rssMib,
      rssMib,
      peakRssMib,
      cpuSeconds: Math.round(cpuSeconds * 100) / 100,
      pointsPerCpuSecond: Math.round((bodies.length * STREAMS) / cpuSeconds),
    };
  } finally {
    await Promise.all(server.programs.map((each) => each.end()));
    rmSync(server.folder, { recursive: true, force: true });
  }
}

async function send(url: string, body: Uint8Array): Promise<void> {
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  const response = await fetch(url, { method: 'POST', headers, body: Buffer.from(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
}
