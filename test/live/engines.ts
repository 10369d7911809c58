import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Service } from '../../deploy/local/service.ts';
import { type Stack, startStack } from '../../deploy/local/stack.ts';
import { freePort } from '../support/collector/service-process.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';
import { peerProgramOrWarn } from '../support/peer-program.ts';
import { referenceBinary } from '../support/reference-binaries.ts';
import { MetricSink } from '../support/stack/metric-sink.ts';
import { OtelcolProcess } from '../support/stack/otelcol-process.ts';
import { OwnPoints } from '../support/stack/own-points.ts';
import { until } from '../support/stack/rule-answers.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const FIRING_MS_MAX = 30_000;

const otelcol = referenceBinary('otelcol');
const vmalert = peerProgramOrWarn('vmalert', 'the same rule files in three engines');
const victoria = peerProgramOrWarn('victoria-metrics', 'the same rule files in three engines');

interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Names of what fires for the model of the test, with the stream. */
async function firing(base: string, headers: Readonly<Record<string, string>> = {}) {
  const answer = (await (await fetch(`${base}/api/v1/alerts`, { headers })).json()) as {
    readonly data: { readonly alerts: readonly Alert[] };
  };
  return answer.data.alerts
    .filter(({ state, labels }) => state === 'firing' && labels['ml_model_name'] === 'shared')
    .map(
      ({ labels }) => `${labels['alertname']} ${labels['severity']} ${labels['ml_drift_stream']}`,
    )
    .toSorted();
}

describe.skipIf(otelcol === undefined || vmalert === undefined || victoria === undefined)(
  'the same rule files in the alert service, Prometheus and vmalert',
  () => {
    const folder = useOwnTemporaryFolder();
    const sink = new MetricSink();
    let stack: Stack;
    let second: OtelcolProcess;
    let vmalertUrl = '';
    const ends: (() => unknown)[] = [];

    beforeAll(async () => {
      stack = await startStack({
        folder: join(folder, 'stack'),
        networkPrefix: `127.${randomInt(20, 250)}.${randomInt(1, 250)}`,
        onProgress: () => {},
      });
      ends.push(() => stack.stop());
      const [storePort, alertPort] = [await freePort(), await freePort()];
      const store = `http://127.0.0.1:${storePort}`;
      vmalertUrl = `http://127.0.0.1:${alertPort}`;
      mkdirSync(join(folder, 'victoria'));
      const storage = new Service({
        name: 'victoria-metrics',
        command: [
          victoria ?? '',
          `-storageDataPath=${join(folder, 'victoria')}`,
          `-httpListenAddr=127.0.0.1:${storePort}`,
          '-opentelemetry.usePrometheusNaming',
          '-search.latencyOffset=0s',
        ],
        healthUrl: `${store}/health`,
        logPath: join(stack.files.logs, 'victoria-metrics.log'),
      });
      await storage.start();
      ends.push(() => storage.stop());
      const rules = new Service({
        name: 'vmalert',
        command: [
          vmalert ?? '',
          `-rule=${join(ROOT, 'deploy/prometheus/rules')}/*.yaml`,
          '-rule.evalDelay=0s',
          '-evaluationInterval=1s',
          `-datasource.url=${store}`,
          `-remoteWrite.url=${store}`,
          `-remoteRead.url=${store}`,
          '-remoteWrite.flushInterval=200ms',
          `-notifier.url=${stack.addresses.alertmanager}`,
          `-httpListenAddr=127.0.0.1:${alertPort}`,
        ],
        healthUrl: `${vmalertUrl}/health`,
        logPath: join(stack.files.logs, 'vmalert.log'),
      });
      await rules.start();
      ends.push(() => rules.stop());
      await sink.start();
      ends.push(() => sink.stop());
      second = new OtelcolProcess({
        program: otelcol ?? '',
        storageFolder: join(folder, 'second'),
        telltaleUrl: sink.url.replace('/api/v1/otlp', ''),
        prometheusUrl: `${store}/opentelemetry`,
        tempoAddress: stack.addresses.traceOtlpGrpc,
      });
      await second.start();
      ends.push(() => second.kill());
    });
    afterAll(async () => {
      for (const end of ends.toReversed()) await end();
    });

    test('fire the same alerts on the same drift', async () => {
      const senders = [stack.addresses.otlpHttp, second.url].map(
        (url) => new OwnPoints(url, 'shared'),
      );
      const drift = async (): Promise<void> => {
        for (const sender of senders) {
          for (const [stream, state] of [
            ['age', 4],
            ['income', 3],
            ['city', 1],
          ] as const) {
            await sender.gauge('ml.drift.state', state, {
              'ml.model.name': 'shared',
              'ml.model.version': '1',
              'ml.drift.stream': stream,
              'ml.drift.direction': 'input',
            });
          }
        }
      };
      const expected = ['DriftAlert critical age', 'DriftDetected warning income'];
      const engines: readonly (readonly [string, () => Promise<readonly string[]>])[] = [
        ['service', () => firing(stack.addresses.alertApi, { 'x-api-key': stack.apiKey })],
        ['prometheus', () => firing(stack.addresses.prometheus)],
        ['vmalert', () => firing(vmalertUrl)],
      ];
      for (const [name, ask] of engines) {
        const fired = await until(
          async () => {
            await drift();
            return ask();
          },
          (alerts) => alerts.length >= expected.length,
          FIRING_MS_MAX,
        );
        expect({ name, fired }).toEqual({ name, fired: expected });
      }
    });

    test('and vmalert tells the same Alertmanager', async () => {
      const told = await until(
        async () => {
          const answer = await fetch(`${stack.addresses.alertmanager}/api/v2/alerts`);
          return ((await answer.json()) as { readonly generatorURL: string }[]).filter(
            ({ generatorURL }) => generatorURL.includes('vmalert'),
          );
        },
        (alerts) => alerts.length > 0,
        FIRING_MS_MAX,
      );
      expect(told.length).toBeGreaterThan(0);
    });
  },
);
