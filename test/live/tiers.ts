import { randomBytes, randomInt } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Service } from '../../deploy/local/service.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import { MetricSink } from '../support/stack/metric-sink.ts';
import { OwnPoints } from '../support/stack/own-points.ts';
import { until } from '../support/stack/rule-answers.ts';
import { TraceSink } from '../support/stack/trace-sink.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const TRACES = 60;
const SPANS = 3;
/** The sampler decides after ten seconds. */
const ARRIVED_MS_MAX = 40_000;
const GATES = '--feature-gates=-connector.spanmetrics.includeCollectorInstanceID';
const EMPTY_RESOLVER = 'resolver: {dns: null, static: {hostnames: ';

const otelcol = referenceBinaryOrWarn('otelcol', 'two tiers of the OTel Collector');

describe.skipIf(otelcol === undefined)('two tiers of the OTel Collector', () => {
  const folder = useOwnTemporaryFolder();
  const network = `127.${randomInt(20, 250)}.${randomInt(1, 250)}`;
  const tier1 = `${network}.1`;
  const replicas = [`${network}.2`, `${network}.3`];
  const stores = replicas.map(() => new TraceSink());
  const metrics = new MetricSink();
  const ends: (() => unknown)[] = [];

  const start = async (host: string, configs: readonly string[], env: Record<string, string>) => {
    const service = new Service({
      name: `otelcol ${host}`,
      command: [otelcol ?? '', ...configs.map((config) => `--config=${config}`), GATES],
      env: {
        OTELCOL_BIND: host,
        OTELCOL_ZPAGES: `${host}:55679`,
        OTELCOL_STORAGE_DIR: join(folder, host),
        OTELCOL_OWN_METRICS_MS: '3600000',
        TELLTALE_SAMPLING_PERCENT: '100',
        ...env,
      },
      healthUrl: `http://${host}:13133/`,
      logPath: join(folder, `${host}.log`),
    });
    await service.start();
    ends.push(() => service.stop());
  };

  beforeAll(async () => {
    await metrics.start();
    ends.push(() => metrics.stop());
    for (const [index, host] of replicas.entries()) {
      const store = stores[index];
      await store?.start();
      ends.push(() => store?.stop());
      await start(
        host,
        ['otel-collector.yaml', 'deploy/otel-collector/tier2.yaml'].map((path) => join(ROOT, path)),
        {
          OTELCOL_INSTANCE: host,
          TEMPO_OTLP: store?.address ?? '',
          PROM_OTLP: metrics.url,
          TELLTALE_OTLP: metrics.url.replace('/api/v1/otlp', ''),
        },
      );
    }
    const hostNames = JSON.stringify(replicas.map((host) => `${host}:4317`));
    const resolvers = ['traces', 'services'].map(
      (name) => `yaml:{exporters: {load_balancing/${name}: {${EMPTY_RESOLVER}${hostNames}}}}}}`,
    );
    await start(tier1, [join(ROOT, 'deploy/otel-collector/tier1.yaml'), ...resolvers], {});
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
  });

  test('keep every trace whole on one replica, and both have work', async () => {
    const own = new OwnPoints(`http://${tier1}:4318`, 'tiers');
    const traces = Array.from({ length: TRACES }, () => ({
      traceId: randomBytes(16).toString('hex'),
      spanIds: Array.from({ length: SPANS }, () => randomBytes(8).toString('hex')),
    }));
    // Each span in a request of its own, one layer after the other: they travel apart.
    for (let layer = 0; layer < SPANS; layer += 1) {
      for (const { traceId, spanIds } of traces) {
        await own.span(traceId, spanIds[layer] ?? '', layer === 0 ? '' : (spanIds[0] ?? ''));
      }
    }
    const arrived = await until(
      () => Promise.resolve(stores.map(({ spans }) => spans.size)),
      ([one = 0, other = 0]) => one + other === TRACES * SPANS,
      ARRIVED_MS_MAX,
    );
    expect(arrived.every((count) => count > 0)).toBe(true);
    const counts = traces.map(({ traceId }) =>
      stores.map(({ spans }) => [...spans].filter((key) => key.includes(traceId)).length),
    );
    expect(counts.filter(([one = 0, other = 0]) => one * other !== 0)).toEqual([]);
  });
});
