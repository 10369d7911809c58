import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  type Baseline,
  ksNumerator,
  populationStabilityIndex,
  urnCell,
  wassersteinDistance,
} from '@telltale/statistics';

import { baselineOf, fileOf, SCORE } from '../support/collector/baseline-files.ts';
import { type ProducerStep, producedValues } from '../support/collector/produced-values.ts';
import { ProducerProcess } from '../support/collector/producer-process.ts';
import { freePort, ServiceProcess } from '../support/collector/service-process.ts';

interface StreamAnswer {
  readonly instances: { readonly live: number };
  readonly baselines: readonly {
    readonly records: number;
    readonly instances: number;
    readonly counts: readonly number[];
    readonly distances: { readonly psi: number; readonly ks: { low: number; high: number } };
  }[];
  readonly values: readonly {
    readonly metric: string;
    readonly records: number;
    readonly scale: number;
    readonly ks: { readonly low: number; readonly high: number };
    readonly wasserstein: number;
  }[];
  readonly findings: readonly { readonly kind: string; readonly instance?: string }[];
}

const baselineValues = producedValues({ seed: 100, count: 5000, alpha: 20 });
const baseline: Baseline = baselineOf(baselineValues);

let folder = '';
let url = '';
let service: ServiceProcess;
let producers: ProducerProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-fleet-'));
  const otlpPort = await freePort();
  const apiPort = await freePort();
  url = `http://127.0.0.1:${otlpPort}/v1/metrics`;
  service = new ServiceProcess(folder, apiPort);
  writeFileSync(join(folder, 'baseline.json'), fileOf(baseline));
  writeFileSync(
    join(folder, 'telltale.yaml'),
    `collector:\n  listen: {otlp: '127.0.0.1:${otlpPort}', api: '127.0.0.1:${apiPort}'}\n`,
  );
  await service.start();
});
afterEach(async () => {
  await Promise.all(producers.map((producer) => producer.end('SIGKILL')));
  producers = [];
  await service.end('SIGKILL');
  rmSync(folder, { recursive: true });
});

function produce(instance: string): ProducerProcess {
  const producer = new ProducerProcess(url, instance, join(folder, 'baseline.json'));
  producers.push(producer);
  return producer;
}

async function fleet(): Promise<StreamAnswer> {
  const { streams } = (await service.get('/monitoring/drift')) as { streams: StreamAnswer[] };
  const [stream] = streams;
  if (stream === undefined) throw new Error('The fleet knows no stream');
  return stream;
}

/** The index of all values together over the rank buckets of the baseline. */
function pooledPsi(values: readonly number[]): number {
  const counts = baseline.ranks.weights.map(() => 0);
  for (const value of values) {
    const bucket = urnCell(baseline.ranks, value, 0.5);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return populationStabilityIndex(baseline.ranks.weights, counts) ?? Number.NaN;
}

const pooledD = (values: readonly number[]): number => {
  const reference = Float64Array.from(baselineValues).sort();
  const window = Float64Array.from(values).sort();
  return ksNumerator(reference, window) / (reference.length * window.length);
};

test('two processes merge to the distance of all their values', { timeout: 60_000 }, async () => {
  const steps: ProducerStep[] = [
    { seed: 1, count: 2500, alpha: 16 },
    { seed: 2, count: 2500, alpha: 16 },
  ];
  await Promise.all(steps.map((step, index) => produce(`i${index}`).observe(step)));
  const values = steps.flatMap(producedValues);
  const { instances, baselines } = await fleet();
  expect(instances.live).toBe(2);
  expect(baselines).toMatchObject([{ records: 5000, instances: 2 }]);
  const distances = baselines[0]?.distances;
  expect(Math.abs((distances?.psi ?? 0) - pooledPsi(values))).toBeLessThan(1e-12);
  const d = pooledD(values);
  expect(distances?.ks.low).toBeLessThanOrEqual(d);
  expect(distances?.ks.high).toBeGreaterThanOrEqual(d);
});

test('values that ruin exponential buckets do not hide the drift', {
  timeout: 60_000,
}, async () => {
  const steps: ProducerStep[] = [
    { seed: 3, count: 5000, alpha: 16, tinyEvery: 1000 },
    { seed: 4, count: 5000, alpha: 16, tinyEvery: 1000 },
  ];
  await Promise.all(steps.map((step, index) => produce(`i${index}`).observe(step)));
  const d = pooledD(steps.flatMap(producedValues));
  expect(d).toBeGreaterThan(0.06);
  const distances = (await fleet()).baselines[0]?.distances;
  expect(Math.abs((distances?.ks.low ?? 0) - d)).toBeLessThan(0.005);
  expect(distances?.ks.high).toBeGreaterThanOrEqual(d);
});

test('one bad pod of five is named', { timeout: 120_000 }, async () => {
  const alphas = [20, 20, 20, 12, 20];
  const steps = alphas.map((alpha, index) => ({ seed: 10 + index, count: 1000, alpha }));
  for (const [index, step] of steps.entries()) await produce(`pod-${index}`).observe(step);
  const { instances, findings } = await fleet();
  expect(instances.live).toBe(5);
  expect(findings.map(({ kind, instance }) => [kind, instance])).toEqual([['bad_pod', 'pod-3']]);
});

test('a producer that restarts counts from zero, and nothing twice', {
  timeout: 60_000,
}, async () => {
  const first = produce('i0');
  await first.observe({ seed: 20, count: 700, alpha: 20 });
  await first.observe({ seed: 21, count: 300, alpha: 20 });
  expect((await fleet()).baselines).toMatchObject([{ records: 1000, instances: 1 }]);
  await first.end('SIGKILL');
  const again = produce('i0');
  await again.observe({ seed: 22, count: 400, alpha: 20 });
  await again.observe({ seed: 23, count: 100, alpha: 20 });
  const seeds = [20, 21, 22, 23].map((seed, index) => {
    return producedValues({ seed, count: [700, 300, 400, 100][index] ?? 0, alpha: 20 });
  });
  const { baselines } = await fleet();
  expect(baselines).toMatchObject([{ records: 1500, instances: 1 }]);
  const psi = baselines[0]?.distances.psi ?? 0;
  expect(Math.abs(psi - pooledPsi(seeds.flat()))).toBeLessThan(1e-12);
});

test('values are merged as exponential histograms, compared with the shared baseline', async () => {
  const path = `http://127.0.0.1:${service.apiPort}/monitoring/drift/baselines/${SCORE.model}/${SCORE.version}/${SCORE.name}`;
  const body = fileOf(baseline);
  expect(
    (
      await fetch(path, {
        method: 'PUT',
        body,
        headers: { 'content-type': 'application/json' },
      })
    ).status,
  ).toBe(200);
  expect(await (await fetch(path)).text()).toBe(body);
  const steps: ProducerStep[] = [
    { seed: 1, count: 2500, alpha: 16 },
    { seed: 2, count: 2500, alpha: 16 },
  ];
  await Promise.all(steps.map((step, index) => produce(`i${index}`).observe(step)));
  const pooled = steps.flatMap(producedValues);
  const [values] = (await fleet()).values;
  expect(values).toMatchObject({ metric: 'ml.prediction.value', records: 5000 });
  // The file has a thousand order statistics of the five thousand values.
  const d = pooledD(pooled);
  expect(values?.ks.low).toBeLessThanOrEqual(d + 0.001);
  expect(values?.ks.high).toBeGreaterThanOrEqual(d - 0.001);
  const exact = wassersteinDistance(
    Float64Array.from(baselineValues).sort(),
    Float64Array.from(pooled).sort(),
  );
  expect(Math.abs((values?.wasserstein ?? 0) / (exact ?? 1) - 1)).toBeLessThan(0.1);
}, 60_000);
