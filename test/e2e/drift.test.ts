import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { createAppFolder } from '../support/run-app.ts';
import { type ServingApp, serveApp } from '../support/serving-app.ts';

/** Runs the model over rows of the body, and knows nothing of drift. */
const ROWS_APP = `
const http = require('node:http');
const { text } = require('node:stream/consumers');
const ort = require('onnxruntime-node');
async function main() {
  const session = await ort.InferenceSession.create('./iris.onnx');
  const [input] = session.inputNames;
  const server = http.createServer(async (request, response) => {
    const rows = JSON.parse(await text(request));
    const features = new ort.Tensor('float32', Float32Array.from(rows.flat()), [rows.length, 4]);
    await session.run({ [input]: features });
    response.end('ok');
  });
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
  process.once('SIGTERM', () => server.close());
}
main();
`;

const COLUMNS = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
const ROWS = 16;

interface Stream {
  readonly stream: { readonly name: string; readonly direction: string };
  readonly state: string;
  readonly n: number;
  readonly baseline: { readonly id: string } | null;
}

const folder = createAppFolder();
const file = folder.write('rows.cjs', ROWS_APP);
let sink: OtlpSink;
let running: ServingApp;
let drawn = 1;

/** Uniform in [0, 1), the same in every run. */
function draw(): number {
  drawn = (Math.imul(drawn, 1_664_525) + 1_013_904_223) >>> 0;
  return drawn / 2 ** 32;
}

async function send(shift: number): Promise<void> {
  const rows = Array.from({ length: ROWS }, () => [draw(), draw(), draw() + shift, draw()]);
  await (await fetch(running.url, { method: 'POST', body: JSON.stringify(rows) })).text();
}

const streams = async (query = ''): Promise<readonly Stream[]> => {
  const response = await fetch(`${running.monitoringUrl}/monitoring/drift${query}`);
  return ((await response.json()) as { readonly streams: readonly Stream[] }).streams;
};

async function sendUntil(shift: number, isReached: (found: readonly Stream[]) => boolean) {
  for (let request = 0; request < 5000; request += 1) {
    await send(shift);
    if (request % 10 === 0 && isReached(await streams())) return;
  }
  throw new Error(`Cannot reach it: ${JSON.stringify(await streams())}`);
}

const serve = (env: Readonly<Record<string, string>> = {}): Promise<ServingApp> =>
  serveApp({
    file,
    cwd: folder.path,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      TELLTALE_DRIFT_INPUTS: 'all',
      TELLTALE_DRIFT_COLUMNS: JSON.stringify({ features: COLUMNS }),
      TELLTALE_DRIFT_WINDOW: '200',
      TELLTALE_DRIFT_BASELINE_SIZE: '500',
      TELLTALE_DRIFT_STATE_DIR: join(folder.path, 'state'),
      ...env,
    },
  });

beforeAll(async () => {
  sink = await startOtlpSink();
  running = await serve();
}, 30_000);
afterAll(async () => {
  await running.stop();
  await sink.close();
  folder.remove();
});

describe('drift of a process with telltale/register', { timeout: 60_000 }, () => {
  test('outputs are watched without configuration, inputs where asked for, all stable', async () => {
    await sendUntil(
      0,
      (found) => found.length > 0 && found.every(({ state }) => state === 'stable'),
    );
    const names = (await streams()).map(({ stream }) => `${stream.direction} ${stream.name}`);
    expect(names.toSorted()).toEqual(
      [
        ...COLUMNS.map((name) => `input ${name}`),
        'output probabilities.class',
        'output probabilities.confidence',
      ].toSorted(),
    );
  });

  test('the feature that moves is named, with evidence over OTLP and on the page', async () => {
    const isFound = (found: readonly Stream[]): boolean =>
      found.some(({ state, stream }) => state === 'alert' && stream.direction === 'input');
    await sendUntil(0.6, isFound);
    const alerted = (await streams('?state=alert')).filter(
      ({ stream }) => stream.direction === 'input',
    );
    expect(alerted.map(({ stream }) => stream.name)).toEqual(['petal_length']);
    await sink.until(() => sink.logs().some(({ eventName }) => eventName === 'ml.drift.detected'));
    const event = sink
      .logs()
      .find(
        ({ eventName, attributes }) =>
          eventName === 'ml.drift.detected' && attributes['ml.drift.stream'] === 'petal_length',
      );
    expect(event?.attributes).toMatchObject({
      'ml.model.name': 'iris',
      'ml.drift.direction': 'input',
      'ml.drift.aspect': expect.any(String),
    });
    const page = await (await fetch(`${running.monitoringUrl}/metrics`)).text();
    expect(page).toMatch(/ml_drift_state\{[^}]*ml_drift_stream="petal_length"[^}]*\} 4/u);
    expect(page).toMatch(/ml_drift_rank_bucket\{/u);
    expect(sink.total('ml.drift.records')).toBeGreaterThan(0);
    // Values of both signs in exponential buckets go over OTLP and would flood the page.
    await sink.until(() => sink.metrics().some(({ name }) => name === 'ml.feature.value'));
    expect(page).not.toContain('ml_feature_value');
  });

  const JSON_TYPE = { 'content-type': 'application/json' };

  test('one stream is shown, drawn and acknowledged', async () => {
    const at = (path: string, init?: RequestInit) =>
      fetch(`${running.monitoringUrl}/monitoring/drift${path}`, init);
    expect(await (await at('/petal_length')).json()).toMatchObject({ state: 'alert' });
    expect((await at('/nothing')).status).toBe(404);
    expect(await (await at('/petal_length/plot.svg')).text()).toMatch(/^<svg /u);
    const body = JSON.stringify({ stream: 'petal_length', by: 'ada' });
    expect(
      await (await at('/acknowledge', { method: 'POST', headers: JSON_TYPE, body })).json(),
    ).toMatchObject({
      streams: [{ acknowledged: { by: 'ada' } }],
    });
  });

  test('a restart goes on where it was, with the incident', async () => {
    const baselineOf = async (): Promise<string> => {
      const path = '/monitoring/drift/petal_length/baseline';
      return (await fetch(`${running.monitoringUrl}${path}`)).text();
    };
    // When it was last seen is told against the clock, so to a few milliseconds.
    const restored = async () => (await streams()).map((stream) => ({ ...stream, lastSeen: '' }));
    const before = await restored();
    const baseline = await baselineOf();
    await running.stop();
    running = await serve();
    expect(await restored()).toEqual(before);
    expect(await baselineOf()).toBe(baseline);
    writeFileSync(join(folder.path, 'petal_length.json'), baseline);
  });

  test('a baseline from a file is in force from the first value, a damaged one is told', async () => {
    await running.stop();
    rmSync(join(folder.path, 'state'), { recursive: true });
    const path = join(folder.path, 'petal_length.json');
    const damaged = join(folder.path, 'damaged.json');
    writeFileSync(damaged, readFileSync(path, 'utf8').replace('"n":', '"n":1'));
    running = await serve({
      TELLTALE_DRIFT_BASELINE_SOURCE: 'file',
      TELLTALE_DRIFT_BASELINE_PATHS: `${path},${damaged}`,
    });
    await sendUntil(0, (found) => found.length === 6);
    const known = (await streams()).filter(({ baseline }) => baseline !== null);
    expect(known.map(({ stream }) => stream.name)).toEqual(['petal_length']);
    expect(running.stderr()).toMatch(/damaged\.json/u);
  });

  test('what is learned goes to the fleet where that is asked for, with its key', async () => {
    await running.stop();
    const taken: { readonly target: string; readonly key: string; readonly schema: unknown }[] = [];
    const fleet = createServer((request, response) => {
      void json(request).then((body) => {
        const { schema } = body as { readonly schema: unknown };
        const { url = '', headers } = request;
        taken.push({ target: url, key: headers.authorization ?? '', schema });
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(fleet, 'listening');
    const { port } = fleet.address() as AddressInfo;
    running = await serve({
      TELLTALE_DRIFT_BASELINE_PUBLISH: 'true',
      TELLTALE_DRIFT_FLEET_URL: `http://127.0.0.1:${port}`,
      TELLTALE_DRIFT_FLEET_KEY: 'open-sesame',
      TELLTALE_DRIFT_STATE_DIR: '',
    });
    const path = '/monitoring/drift/baselines/iris/3/petal_length/samples?';
    const ofPetals = () => taken.find(({ target }) => target.startsWith(path));
    await sendUntil(0, () => ofPetals() !== undefined);
    fleet.close();
    expect(ofPetals()).toMatchObject({
      key: 'Bearer open-sesame',
      schema: 'ml-drift-baseline/1',
    });
  });
});
