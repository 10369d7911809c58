import { writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { Service } from '../../deploy/local/service.ts';
import { freePort } from '../support/collector/service-process.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { useOwnTemporaryFolder } from '../support/own-temporary-folder.ts';
import { peerProgramOrWarn } from '../support/peer-program.ts';
import { referenceBinary, referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import {
  certificatesIn,
  hasOpenssl,
  makeCertificates,
  tlsOf,
} from '../support/stack/certificates.ts';
import { type OtelcolOptions, OtelcolProcess } from '../support/stack/otelcol-process.ts';
import { OwnPoints } from '../support/stack/own-points.ts';
import { until, valuesOf } from '../support/stack/rule-answers.ts';

const otelcol = referenceBinaryOrWarn('otelcol', 'overlays of the OTel Collector, started');
const prometheus = referenceBinary('prometheus');
const victoriaLogs = peerProgramOrWarn('victoria-logs', 'log events in a real store of logs');
const canSign = hasOpenssl();
if (!canSign) {
  process.stderr.write('SKIPPED: the overlay tls-auth, started: openssl is not here\n');
}
const ARRIVED_MS_MAX = 20_000;

// What `otelcol validate` cannot see: that data passes.
describe.skipIf(otelcol === undefined)('an overlay of the OTel Collector, started', () => {
  const folder = useOwnTemporaryFolder();
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  /** The base with an overlay; its exporters send to sinks. */
  async function start(overlay: string, env: OtelcolOptions['env'] = () => ({})) {
    const telltale = await startOtlpSink();
    const metrics = await startOtlpSink();
    ends.push(
      () => telltale.close(),
      () => metrics.close(),
    );
    const collector = new OtelcolProcess({
      program: otelcol ?? '',
      storageFolder: join(folder, overlay),
      telltaleUrl: telltale.url,
      prometheusUrl: `${metrics.url}/api/v1/otlp`,
      tempoAddress: '127.0.0.1:9',
      overlays: [overlay],
      env,
    });
    ends.push(() => collector.kill());
    return { collector, telltale, metrics };
  }

  const namesIn = (sink: OtlpSink): readonly string[] => sink.metrics().map(({ name }) => name);

  test('debug prints what passes, and hands it on', async () => {
    const { collector, telltale, metrics } = await start('debug');
    await collector.start();
    const own = new OwnPoints(collector.url, 'overlay');
    await own.gauge('debug.probe', 7);
    await own.event('debug.event', { colour: 'green' });
    await Promise.all([
      metrics.until(() => namesIn(metrics).includes('debug.probe')),
      telltale.until(
        () =>
          namesIn(telltale).includes('debug.probe') &&
          telltale.logs().some(({ eventName }) => eventName === 'debug.event'),
      ),
    ]);
    const printed = await until(
      () => Promise.resolve(collector.log),
      (log) => log.includes('debug.probe') && log.includes('green'),
      ARRIVED_MS_MAX,
    );
    expect(printed).toContain('debug.event');
  });

  test.skipIf(prometheus === undefined)(
    'remote-write: Prometheus has the metric, and the alert service too',
    async () => {
      const port = await freePort();
      const store = `http://127.0.0.1:${port}`;
      writeFileSync(join(folder, 'prometheus.yaml'), 'global: {scrape_interval: 1h}\n');
      const service = new Service({
        name: 'prometheus',
        command: [
          prometheus ?? '',
          `--config.file=${join(folder, 'prometheus.yaml')}`,
          `--storage.tsdb.path=${join(folder, 'tsdb')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--web.enable-remote-write-receiver',
        ],
        healthUrl: `${store}/-/ready`,
        logPath: join(folder, 'prometheus.log'),
      });
      ends.push(() => service.stop('SIGKILL'));
      await service.start();
      const { collector, telltale, metrics } = await start('remote-write', () => ({
        REMOTE_WRITE_URL: `${store}/api/v1/write`,
      }));
      await collector.start();
      await new OwnPoints(collector.url, 'overlay').gauge('remote.probe', 7, { colour: 'green' });
      await telltale.until(() => namesIn(telltale).includes('remote.probe'));
      const values = await until(
        () => valuesOf(store, { query: 'remote_probe', timeMs: Date.now() }),
        (found) => found.length > 0,
        ARRIVED_MS_MAX,
      );
      expect(values).toEqual([expect.stringMatching(/"colour":"green".* 7\.0+$/u)]);
      expect(values[0]).toContain('"service_name":"overlay"');
      // In the place of the other way, not beside it.
      expect(metrics.requests).toEqual([]);
    },
  );

  test.skipIf(victoriaLogs === undefined)(
    'logs: VictoriaLogs has the event, and the alert service too',
    async () => {
      const port = await freePort();
      const store = `http://127.0.0.1:${port}`;
      const service = new Service({
        name: 'victoria-logs',
        command: [
          victoriaLogs ?? '',
          `-storageDataPath=${join(folder, 'victoria-logs')}`,
          `-httpListenAddr=127.0.0.1:${port}`,
        ],
        healthUrl: `${store}/health`,
        logPath: join(folder, 'victoria-logs.log'),
      });
      ends.push(() => service.stop('SIGKILL'));
      await service.start();
      const { collector, telltale } = await start('logs', () => ({
        LOGS_OTLP: `${store}/insert/opentelemetry`,
      }));
      await collector.start();
      await new OwnPoints(collector.url, 'overlay').event('logs.event', { colour: 'green' });
      await telltale.until(() =>
        telltale.logs().some(({ eventName }) => eventName === 'logs.event'),
      );
      const found = await until(
        async () => {
          const query = new URLSearchParams({ query: 'colour:green' });
          return (await fetch(`${store}/select/logsql/query?${query.toString()}`)).text();
        },
        (text) => text !== '',
        ARRIVED_MS_MAX,
      );
      expect(JSON.parse(found.split('\n')[0] ?? '')).toMatchObject({
        _msg: 'logs.event of the test',
        event_name: 'logs.event',
        'service.name': 'overlay',
        severity_text: 'ERROR',
      });
    },
  );

  test.skipIf(!canSign)('tls-auth takes a certificate and a token, and nothing less', async () => {
    writeFileSync(join(folder, 'token'), 'open-sesame');
    const { collector, metrics } = await start('tls-auth', (address) => tlsEnv(folder, address));
    await collector.start();
    const certificates = certificatesIn(folder);
    const post = (token: string | undefined, tls: object): Promise<number | string> =>
      new Promise((resolve) => {
        const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const sent = httpsRequest(
          `https://${collector.address}:4318/v1/metrics`,
          {
            ...tls,
            method: 'POST',
            headers: { 'content-type': 'application/json', ...authorization },
          },
          (answer) => {
            answer.resume();
            answer.once('end', () => resolve(answer.statusCode ?? 0));
          },
        );
        sent.once('error', () => resolve('refused'));
        sent.end(JSON.stringify(probe()));
      });
    const known = tlsOf(certificates);
    expect({
      nothing: await plainStatus(collector.url),
      noCertificate: await post('open-sesame', tlsOf(certificates, false)),
      noToken: await post(undefined, known),
      wrongToken: await post('open-barley', known),
      both: await post('open-sesame', known),
    }).toEqual({
      nothing: 400,
      noCertificate: 'refused',
      noToken: 401,
      wrongToken: 401,
      both: 200,
    });
    await metrics.until(() => namesIn(metrics).includes('tls.probe'));
    expect(collector.log).not.toContain('open-sesame');
  });

  test.skipIf(!canSign)(
    'tls-auth without its token file does not start, and names it',
    async () => {
      const { collector } = await start('tls-auth', (address) => ({
        ...tlsEnv(folder, address),
        OTELCOL_TOKEN_FILE: join(folder, 'no-such-token'),
      }));
      await expect(collector.start()).rejects.toThrow('no-such-token');
    },
  );
});

function tlsEnv(folder: string, address: string): Readonly<Record<string, string>> {
  const { ca, server } = makeCertificates(folder, address);
  return {
    OTELCOL_TOKEN_FILE: join(folder, 'token'),
    OTELCOL_TLS_CERT: server.cert,
    OTELCOL_TLS_KEY: server.key,
    OTELCOL_TLS_CLIENT_CA: ca,
  };
}

const probe = (): object => ({
  resourceMetrics: [
    {
      scopeMetrics: [
        {
          metrics: [
            {
              name: 'tls.probe',
              gauge: { dataPoints: [{ timeUnixNano: `${Date.now()}000000`, asDouble: 7 }] },
            },
          ],
        },
      ],
    },
  ],
});

async function plainStatus(url: string): Promise<number> {
  const answer = await fetch(`${url}/v1/metrics`, { method: 'POST', body: '{}' });
  return answer.status;
}
