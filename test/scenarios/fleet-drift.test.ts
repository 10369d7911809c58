import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  METRIC_DRIFT_EVIDENCE,
  METRIC_DRIFT_EVIDENCE_THRESHOLD,
  METRIC_DRIFT_STATE,
} from '@telltale/core';

import type { FleetPoint } from '../../collector/src/drift/fleet-point.ts';
import type { HttpMessage } from '../../collector/src/model/http-message.ts';
import { AlertServiceFixture } from '../support/collector/alert-service.ts';
import { baselineOf, fileOf, idOf, SCORE, uniform } from '../support/collector/baseline-files.ts';
import {
  aspectPoint,
  countRanks,
  fleetBody,
  rankPoint,
  sizePoint,
  valuePoint,
} from '../support/collector/drift-points.ts';

const RULES = `groups:
- name: fleet
  interval: 10s
  rules:
  - alert: FleetDrift
    expr: >-
      ml_drift_fleet_evidence >= on (ml_model_name, ml_model_version, ml_drift_stream,
      ml_drift_direction, ml_drift_aspect) ml_drift_fleet_evidence_threshold
`;

let service: AlertServiceFixture;

beforeEach(() => {
  service = new AlertServiceFixture();
  service.writeRules(RULES);
  service.configure();
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

const send = async (points: readonly FleetPoint[]): Promise<void> => {
  expect((await service.postBody(fleetBody(points))).status).toBe(200);
};

/** What an instance exports at one moment. */
function exportOf(id: string, evidence: number, ranks: readonly number[]): FleetPoint[] {
  const timeMs = service.clock.nowMs();
  const init = { id, timeMs };
  return [
    sizePoint(1000, init),
    rankPoint(countRanks(ranks), init),
    aspectPoint(METRIC_DRIFT_EVIDENCE.name, evidence, init),
    aspectPoint(METRIC_DRIFT_EVIDENCE_THRESHOLD.name, 1000, init),
    aspectPoint(METRIC_DRIFT_STATE.name, evidence > 1000 ? 3 : 1, init),
  ];
}

interface DriftAnswer {
  readonly points: Readonly<Record<string, unknown>>;
  readonly streams: readonly {
    readonly stream: Readonly<Record<string, unknown>>;
    readonly state: string;
    readonly instances: { readonly live: number };
    readonly baselines: readonly { readonly records: number; readonly distances: object | null }[];
    readonly findings: readonly { readonly kind: string; readonly instance?: string }[];
  }[];
}

const drift = async (query = ''): Promise<DriftAnswer> =>
  (await (await service.get(`/monitoring/drift${query}`)).json()) as DriftAnswer;

const PATH = '/monitoring/drift/baselines/fraud/7/score';

const call = (
  method: string,
  path: string,
  init: { readonly body?: string; readonly headers?: Record<string, string> } = {},
): Promise<Response> => {
  const headers = { 'content-type': 'application/json', ...init.headers };
  return fetch(`http://127.0.0.1:${service.app.ports.api}${path}`, { method, ...init, headers });
};

describe('the fleet', () => {
  test('is merged, shown, written as series, and wakes the rules', async () => {
    await service.start();
    await send([
      ...exportOf('a', 10, uniform(500, 1)),
      ...exportOf(
        'b',
        3000,
        uniform(500, 2, (x) => x ** 2),
      ),
    ]);
    await service.clock.advance(10_000);
    const { streams } = await drift();
    expect(streams).toMatchObject([
      {
        stream: {
          model: 'fraud',
          version: '7',
          name: 'score',
          direction: 'output',
          segment: null,
          season: null,
        },
        state: 'drift',
        instances: { live: 2, silent: 0, byState: { stable: 1, drift: 1 } },
        baselines: [{ records: 1000, instances: 2, baselineSize: 1000 }],
      },
    ]);
    const labels = {
      ml_model_name: 'fraud',
      ml_model_version: '7',
      ml_drift_stream: 'score',
      ml_drift_direction: 'output',
    };
    expect(await service.query('ml_drift_fleet_evidence')).toEqual([
      [{ __name__: 'ml_drift_fleet_evidence', ...labels, ml_drift_aspect: 'value' }, '1505'],
    ]);
    const [psi] = (await service.query('ml_drift_fleet_distance{ml_drift_metric="psi"}')) as [
      [object, string],
    ];
    expect(Number(psi[1])).toBeGreaterThan(0.1);
    // Series that are new wait for the slot, because the rule compares two of them.
    await service.clock.advance(10_000);
    expect(await service.alerts()).toEqual(['FleetDrift firing']);
    expect(await service.query('sum(ml_drift_fleet_instances)')).toEqual([[{}, '2']]);
    // Both fall silent: the series end, and so does the alert.
    await service.clock.advance(260_000);
    expect(await service.query('ml_drift_fleet_evidence')).toEqual([]);
    expect(await service.alerts()).toEqual([]);
  });

  test('is filtered by model, version, feature and state', async () => {
    await service.start();
    await send(exportOf('a', 10, uniform(100, 1)));
    const found = async (query: string) => (await drift(query)).streams.length;
    expect(await found('?model=fraud&version=7&feature=score&state=stable')).toBe(1);
    expect(await found('?model=other')).toBe(0);
    expect(await found('?state=alert')).toBe(0);
    expect(await found('?feature=age')).toBe(0);
  });

  test('counts bad points by reason and takes the rest', async () => {
    await service.start();
    const [size, ranks] = exportOf('a', 1, uniform(100, 1)) as [FleetPoint, FleetPoint];
    const body = { ...ranks.body, count: 7 } as FleetPoint['body'];
    await send([size, { ...ranks, body }, ranks]);
    const { points, streams } = await drift();
    expect(points).toMatchObject({ accepted: 2, rejected: { count_mismatch: 1 } });
    expect(streams[0]?.baselines[0]?.records).toBe(100);
  });

  test('starts a new window on request, and refuses to do so for all by accident', async () => {
    await service.start();
    await send(exportOf('a', 1, uniform(100, 1)));
    const reset = (body: string) => call('POST', '/monitoring/drift/reset', { body });
    expect((await reset('{}')).status).toBe(400);
    expect((await reset('[')).status).toBe(400);
    expect((await reset('{"model": 4}')).status).toBe(400);
    expect(await (await reset('{"model": "other"}')).json()).toEqual({ streams: 0 });
    expect((await drift()).streams[0]?.baselines[0]?.records).toBe(100);
    const answer = await reset('{"model": "fraud", "keepBaseline": true}');
    expect([answer.status, await answer.json()]).toEqual([202, { streams: 1 }]);
    expect((await drift()).streams[0]?.baselines[0]?.records).toBe(0);
  });

  test.for([
    ['with its log', '  retain_all: 15m\n'],
    ['without one', ''],
  ])('counts nothing twice over a crash of the service, %s', async ([, config]) => {
    service.configure(config);
    await service.start();
    const startTimeMs = service.clock.nowMs();
    const sendTotal = async (factor: number): Promise<void> => {
      const counts = countRanks(uniform(100, 1)).map((count) => count * factor);
      const timeMs = service.clock.nowMs();
      await send([rankPoint(counts, { timeMs, startTimeMs, temporality: 'cumulative' })]);
    };
    await sendTotal(1);
    await service.clock.advance(60_000);
    await sendTotal(3);
    await service.crash();
    await service.clock.advance(60_000);
    await service.start();
    await sendTotal(7);
    await sendTotal(7);
    expect((await drift()).streams[0]?.baselines[0]?.records).toBe(700);
  });

  test('is switched off by the configuration', async () => {
    service.configure('  drift: {enabled: false}\n');
    await service.start();
    await send(exportOf('a', 1, uniform(100, 1)));
    await service.clock.advance(20_000);
    expect((await drift()).streams).toEqual([]);
  });

  test('a limit of streams holds', async () => {
    service.configure('  drift: {limits: {streams: 1}}\n');
    await service.start();
    const other = exportOf('a', 1, uniform(100, 1)).map((point) => ({
      ...point,
      attributes: new Map([...point.attributes, ['ml.drift.stream', 'age'] as const]),
    }));
    await send([...exportOf('a', 1, uniform(100, 1)), ...other]);
    const { points, streams } = await drift();
    expect([streams.length, points['rejected']]).toEqual([1, { max_streams: 5 }]);
  });
});

describe('the export', () => {
  const sent: HttpMessage[] = [];

  const startExporting = async (): Promise<void> => {
    sent.length = 0;
    service.configure(
      "  drift: {interval: 10s, window: 1m, export: {endpoint: 'http://otelcol.test/v1/metrics', interval: 20s}}\n",
    );
    await service
      .create({
        send: (message) => {
          sent.push(message);
          return Promise.resolve({ kind: 'answer', status: 200, headers: {}, body: '' });
        },
      })
      .start();
  };

  test('sends what was merged as OTLP, which does not come back as an instance', async () => {
    await startExporting();
    await send(exportOf('a', 10, uniform(500, 1)));
    await service.clock.advance(40_000);
    expect(sent.map(({ url }) => url)).toEqual([
      'http://otelcol.test/v1/metrics',
      'http://otelcol.test/v1/metrics',
    ]);
    const body = sent[0]?.body ?? '';
    expect(body).toContain('"ml.drift.fleet.evidence"');
    const before = await drift();
    const answer = await fetch(`http://127.0.0.1:${service.app.ports.otlp}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body.replaceAll('ml.drift.fleet.', 'ml.drift.'),
    });
    expect(answer.status).toBe(200);
    const after = await drift();
    expect(after.streams).toEqual(before.streams);
    expect(Number(after.points['ignored'])).toBeGreaterThan(0);
  });

  test('sends nothing unasked', async () => {
    await service.start();
    await send(exportOf('a', 10, uniform(500, 1)));
    await service.clock.advance(120_000);
    expect(service.sent).toEqual([]);
  });
});

describe('baselines', () => {
  const file = fileOf(baselineOf(uniform(1000, 1)));

  test('are put, served with an ETag and listed', async () => {
    await service.start();
    expect((await service.get(PATH)).status).toBe(404);
    const put = await call('PUT', `${PATH}?direction=output`, { body: file });
    expect([put.status, await put.json()]).toEqual([200, { id: idOf(file) }]);
    const got = await service.get(PATH);
    expect([got.status, got.headers.get('etag'), await got.text()]).toEqual([
      200,
      `"${idOf(file)}"`,
      file,
    ]);
    const headers = { 'if-none-match': `"${idOf(file)}"` };
    const known = await call('GET', PATH, { headers });
    expect([known.status, await known.text()]).toEqual([304, '']);
    expect((await call('GET', PATH, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    expect((await service.get(`${PATH}?direction=input`)).status).toBe(404);
    expect((await service.get(`${PATH}?segment=EU`)).status).toBe(404);
    expect((await service.get(`${PATH}?direction=up`)).status).toBe(400);
  });

  test('are never overwritten: every version is kept, the last one put is current', async () => {
    await service.start();
    const other = fileOf(baselineOf(uniform(1000, 2)));
    for (const body of [file, other, file]) {
      await call('PUT', PATH, { body });
      await service.clock.advance(1000);
    }
    const { baselines } = (await (await service.get('/monitoring/drift/baselines')).json()) as {
      baselines: { id: string; isCurrent: boolean }[];
    };
    expect(baselines.map(({ id, isCurrent }) => [id, isCurrent])).toEqual([
      [idOf(other), false],
      [idOf(file), true],
    ]);
    await service.stop();
    await service.start();
    expect((await service.get(PATH)).headers.get('etag')).toBe(`"${idOf(file)}"`);
  });

  test('are refused with the reason', async () => {
    service.configure('  drift: {baselines: {max_body_bytes: 100000}}\n');
    await service.start();
    const put = async (body: string, path = PATH): Promise<[number, string]> => {
      const response = await call('PUT', path, { body });
      const answer = (await response.json()) as { error: { message: string } };
      return [response.status, answer.error.message];
    };
    const changed = file.replace('"n":1000', '"n":1001');
    expect(await put('{')).toEqual([400, 'Cannot use the baseline: expected JSON']);
    expect((await put(changed))[0]).toBe(422);
    expect(await put(file, PATH.replace('/score', '/age'))).toEqual([
      409,
      'Cannot use the baseline: it is of another stream: stream.name: expected "age": current value is "score"',
    ]);
    expect((await put('x'.repeat(100_001)))[0]).toBe(413);
    expect((await service.get(PATH)).status).toBe(404);
  });

  test('of a model without a version, and names that need encoding, have a place', async () => {
    await service.start();
    const key = { ...SCORE, model: 'org/model 1', version: '', name: 'a/b' };
    const body = fileOf(baselineOf(uniform(1000, 1), { key }));
    const path = '/monitoring/drift/baselines/org%2Fmodel%201//a%2Fb';
    expect((await call('PUT', path, { body })).status).toBe(200);
    expect((await service.get(path)).status).toBe(200);
    // It was made before there was a version, so it holds for any.
    expect((await service.get(path.replace('//', '/8/'))).status).toBe(200);
  });

  test('uploaded by instances become one of the fleet', async () => {
    await service.start();
    const upload = (seed: number, instance: string) =>
      call('POST', `${PATH}/samples?instance=${instance}`, {
        body: fileOf(baselineOf(uniform(600, seed), { seed })),
      });
    expect((await upload(1, '')).status).toBe(400);
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      expect((await upload(index, id)).status).toBe(200);
    }
    const got = await service.get(PATH);
    const made = (await got.json()) as { source: string; n: number; id: string };
    expect([made.source, made.n]).toEqual(['fleet', 1800]);
    // It stays as it is until another one is asked for.
    await upload(9, 'd');
    expect(((await (await service.get(PATH)).json()) as { id: string }).id).toBe(made.id);
    const rebuilt = await call('POST', `${PATH}/build`);
    expect(rebuilt.status).toBe(200);
    expect(((await (await service.get(PATH)).json()) as { n: number }).n).toBe(2400);
  });

  test('are served to instances at the address that they export to, but not put there', async () => {
    await service.start();
    const path = `http://127.0.0.1:${service.app.ports.otlp}${PATH}`;
    const init = { method: 'POST', body: file };
    expect((await fetch(`${path}/samples?instance=a`, init)).status).toBe(200);
    expect((await fetch(path)).status).toBe(200);
    expect((await fetch(path, { ...init, method: 'PUT' })).status).toBe(405);
  });

  test('of seasons are apart', async () => {
    await service.start();
    const body = fileOf(baselineOf(uniform(1000, 1), { key: { ...SCORE, season: 'mon-09' } }));
    expect((await call('PUT', `${PATH}?season=mon-09`, { body })).status).toBe(200);
    expect((await call('PUT', PATH, { body })).status).toBe(409);
    expect((await service.get(`${PATH}?season=mon-09`)).status).toBe(200);
    expect((await service.get(`${PATH}?season=mon-10`)).status).toBe(404);
  });

  test('of more instances than allowed are refused, those of known ones are not', async () => {
    service.configure('  drift: {baselines: {uploads: 1, instances_min: 2}}\n');
    await service.start();
    const upload = (instance: string) =>
      call('POST', `${PATH}/samples?instance=${instance}`, { body: file });
    expect((await upload('a')).status).toBe(200);
    expect((await upload('b')).status).toBe(409);
    expect((await upload('a')).status).toBe(200);
    // One upload is too few for a baseline of the fleet.
    expect((await service.get(PATH)).status).toBe(404);
  });

  test('of instances that differ are not mixed', async () => {
    await service.start();
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      const values = uniform(600, index, (x) => (id === 'c' ? x / 2 : x));
      const body = fileOf(baselineOf(values));
      await call('POST', `${PATH}/samples?instance=${id}`, { body });
    }
    const got = await service.get(PATH);
    expect(got.status).toBe(404);
    expect(await got.text()).toContain('(instances_differ)');
  });

  test('can be made of the merged values of a window', async () => {
    await service.start();
    const build = () => call('POST', `${PATH}/build`, { body: '{"from": "histogram"}' });
    expect((await build()).status).toBe(409);
    await send([valuePoint(uniform(11_000, 3), { timeMs: service.clock.nowMs() })]);
    expect((await build()).status).toBe(200);
    const made = (await (await service.get(PATH)).json()) as Record<string, unknown>;
    expect([made['quality'], made['source']]).toEqual(['approximate', 'fleet']);
    expect((await call('POST', `${PATH}/build`, { body: '{"from": "x"}' })).status).toBe(400);
  });

  test('beyond the number of versions and the retention are deleted, the current one is not', async () => {
    service.configure('  drift: {baselines: {versions: 2, retention: 10m}}\n');
    await service.start();
    for (const seed of [1, 2, 3, 4]) {
      await call('PUT', PATH, { body: fileOf(baselineOf(uniform(1000, seed))) });
      await service.clock.advance(1000);
    }
    const kept = async () =>
      ((await (await service.get('/monitoring/drift/baselines')).json()) as { baselines: [] })
        .baselines.length;
    await service.clock.advance(60_000);
    expect(await kept()).toBe(2);
    await service.clock.advance(660_000);
    expect(await kept()).toBe(1);
    expect((await service.get(PATH)).status).toBe(200);
  });

  test('are the reference of the distances, with their design effect', async () => {
    await service.start();
    await call('PUT', PATH, { body: file });
    const init = { timeMs: service.clock.nowMs() };
    await send([rankPoint(countRanks(uniform(500, 4)), init, idOf(file).slice(0, 12))]);
    expect((await drift()).streams[0]?.baselines).toMatchObject([
      { baselineSize: 1000, records: 500 },
    ]);
  });

  test('need a key with the right scope where keys are asked for', async () => {
    service.configure(
      '  api_keys: [{name: app, key_env: KEY, scopes: [ingest, read]}, {name: ops, key_env: OPS, scopes: [write]}]\n',
    );
    await service.create({ env: { KEY: 'k'.repeat(20), OPS: 'o'.repeat(20) } }).start();
    const as = (key: string) => ({ body: file, headers: { 'x-api-key': key.repeat(20) } });
    expect((await call('PUT', PATH, { body: file })).status).toBe(401);
    expect((await call('PUT', PATH, as('k'))).status).toBe(403);
    expect((await call('PUT', PATH, as('o'))).status).toBe(200);
    expect((await call('POST', `${PATH}/samples?instance=i1`, as('k'))).status).toBe(200);
  });
});
