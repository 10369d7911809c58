import { describe, expect, test } from 'vitest';

import { parseBaseline, SeededRandom, standardNormal } from '@telltale/statistics';
import {
  DriftMonitor,
  type DriftResponse,
  driftRoutes,
  type PlotPanel,
  type StreamStatus,
  sha256,
} from '@telltale/instrumentation-drift';

/** Asks the routes as a server would: exact paths before what lies below a path. */
function asking(monitor: DriftMonitor) {
  const routes = driftRoutes(monitor);
  const ask = async (
    method: 'GET' | 'POST',
    target: string,
    more: object = {},
  ): Promise<DriftResponse> => {
    const { pathname, search } = new URL(target, 'http://127.0.0.1');
    const [path, query] = [pathname, new URLSearchParams(search)];
    const matches = (pattern: string): boolean =>
      pattern === path || (pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1)));
    const route = routes
      .filter((one) => one.method === method && matches(one.path))
      .toSorted((a, b) => Number(b.path === path) - Number(a.path === path))[0];
    if (route === undefined) throw new Error(`no route for ${target}`);
    return route.handle({ method, path, query, headers: {}, ...more });
  };
  const get = (target: string, headers = {}) => ask('GET', target, { headers });
  const post = (target: string, body?: unknown) =>
    ask('POST', target, body === undefined ? {} : { body: JSON.stringify(body) });
  return { get, post, ask };
}

const read = <T>({ body }: DriftResponse): T => JSON.parse(body) as T;

function served() {
  const monitor = new DriftMonitor({ falseAlarmEvery: 1e4, thinning: 1, now: () => 1e12 });
  const random = new SeededRandom(1);
  const score = monitor.stream(
    { model: 'fraud', version: '7', name: 'a/score <1>', direction: 'output' },
    'score',
  );
  const country = monitor.stream(
    { model: 'fraud', version: '7', name: 'country', direction: 'input' },
    'categorical',
  );
  for (let index = 0; index < 3000; index += 1) {
    score.observe(standardNormal(random) + (index < 2000 ? 0 : 1));
    country.observe('de fr & <b>'.split(' ')[Math.floor(4 * random.next())]);
  }
  monitor.stream({ model: 'fraud', version: '7', name: 'new', direction: 'input' }, 'numeric');
  return { monitor, ...asking(monitor) };
}

const SCORE = encodeURIComponent('a/score <1>');

describe('driftRoutes()', () => {
  test('all streams, and those of a state or model', async () => {
    const { get } = served();
    const names = async (target: string): Promise<readonly string[]> =>
      read<{ streams: StreamStatus[] }>(await get(target)).streams.map(({ stream }) => stream.name);
    expect(await names('/monitoring/drift')).toEqual(['a/score <1>', 'country', 'new']);
    expect(await names('/monitoring/drift?state=alert')).toEqual(['a/score <1>']);
    expect(await names('/monitoring/drift?model=other')).toEqual([]);
    expect(await names('/monitoring/drift?direction=input')).toEqual(['country', 'new']);
  });

  test('one stream by its name', async () => {
    const { get } = served();
    expect(read(await get(`/monitoring/drift/${SCORE}`))).toMatchObject({
      stream: { model: 'fraud', version: '7', name: 'a/score <1>', direction: 'output' },
      state: 'alert',
      reason: 'evidence_and_effect',
      windowN: 1000,
    });
  });

  test.for([
    '/monitoring/drift/absent',
    '/monitoring/drift/country/else',
    '/monitoring/drift/country/baseline/more',
    '/monitoring/drift/%E0%A4%A',
    '/monitoring/drift/country?model=other',
  ])('%s is unknown', async (target) => {
    const { get } = served();
    const response = await get(target);
    expect(response.status).toBe(404);
    expect(read(response)).toMatchObject({ error: { code: 'unknown_stream' } });
  });

  test('the baseline is the file, and its id the ETag', async () => {
    const { get, monitor } = served();
    const response = await get('/monitoring/drift/country/baseline');
    const parsed = parseBaseline(response.body, sha256);
    const [stream] = monitor.select({ name: 'country' });
    expect(parsed).toMatchObject({ ok: true, id: stream?.comparison?.baselineId });
    expect(response).toMatchObject({
      status: 200,
      headers: { etag: `"${stream?.comparison?.baselineId}"` },
    });
    const { etag = '' } = response.headers;
    const again = await get('/monitoring/drift/country/baseline', {
      'if-none-match': `"x", ${etag}`,
    });
    expect(again).toEqual({ status: 304, headers: { etag }, body: '' });
    expect(
      (await get('/monitoring/drift/country/baseline', { 'if-none-match': '"x"' })).status,
    ).toBe(200);
  });

  test.for(['country', SCORE])('the plot of %s is well-formed and free of markup', async (name) => {
    const { get } = served();
    const { status, headers, body } = await get(`/monitoring/drift/${name}/plot.svg`);
    expect(status).toBe(200);
    expect(headers['content-type']).toContain('image/svg+xml');
    expect(body.startsWith('<svg ')).toBe(true);
    expect(body).not.toMatch(/NaN|undefined|<b>|<1>/u);
    const opened = body.match(/<(?!\/)[a-z]+/gu)?.length ?? 0;
    const closed = (body.match(/<\/[a-z]+>/gu)?.length ?? 0) + (body.match(/\/>/gu)?.length ?? 0);
    expect(opened).toBe(closed);
    expect(opened).toBeGreaterThan(80);
  });

  test.for([
    {
      name: 'country',
      of: [['Categories, those that moved most first; share, and change in points', 5]],
    },
    {
      name: SCORE,
      of: [
        ['Values on their own axis, in bars of equal width', 14],
        ['Values, by quantiles of the baseline', 10],
      ],
    },
  ])('the numbers of the plot of $name', async ({ name, of }) => {
    const { get } = served();
    const { stream, summary, panels } = read<{
      stream: object;
      summary: string[];
      panels: PlotPanel[];
    }>(await get(`/monitoring/drift/${name}/plot.json`));
    expect(stream).toMatchObject({ model: 'fraud', name: decodeURIComponent(name) });
    expect(panels.map((panel) => [panel.title, panel.labels.length])).toEqual([
      ['Missing, and unknown to the baseline; share of the records', 2],
      ...of,
      ['Ranks, 1000 values; flat where nothing changed', 20],
    ]);
    expect(summary[0]).toMatch(/, output of fraud 7: |, input of fraud 7: /u);
    expect(summary.slice(1, 4).map((line) => line.split(' ')[0])).toEqual([
      'value',
      'missing',
      'novelty',
    ]);
    for (const panel of panels.slice(1)) {
      const total = (shares: readonly number[]) => shares.reduce((sum, share) => sum + share, 0);
      expect(total(panel.baseline)).toBeCloseTo(1, 9);
      expect(total(panel.window)).toBeCloseTo(1, 9);
    }
  });

  test('reset, rebaseline and acknowledge answer with the new status', async () => {
    const { post } = served();
    const first = (response: DriftResponse): unknown =>
      read<{ streams: unknown[] }>(response).streams[0];
    const stream = 'a/score <1>';
    expect(first(await post('/monitoring/drift/acknowledge', { stream, by: 'ana' }))).toMatchObject(
      {
        state: 'alert',
        acknowledged: { by: 'ana', time: '2001-09-09T01:46:40.000Z' },
      },
    );
    expect(first(await post('/monitoring/drift/rebaseline', { stream }))).toMatchObject({
      state: 'alert',
      learning: { collected: 0 },
    });
    expect(first(await post('/monitoring/drift/reset', { stream }))).toMatchObject({
      state: 'learning',
      reason: 'insufficient_data',
    });
    const reset = await post('/monitoring/drift/reset', { stream, keepBaseline: false });
    expect(first(reset)).toMatchObject({ baseline: null });
  });

  test('without a stream all are meant', async () => {
    const { post, monitor } = served();
    expect((await post('/monitoring/drift/reset')).status).toBe(200);
    expect([...monitor.streams()].map(({ state }) => state)).toEqual(
      Array.from({ length: 3 }, () => 'learning'),
    );
  });

  test.for<readonly [number, string, string, unknown]>([
    [409, 'learning', 'reset', { stream: 'new' }],
    [409, 'learning', 'rebaseline', { stream: 'new' }],
    [409, 'learning', 'acknowledge', { stream: 'new', by: 'ana' }],
    [404, 'unknown_stream', 'reset', { stream: 'absent' }],
    [400, 'invalid_body', 'reset', { stream: 5 }],
    [400, 'invalid_body', 'reset', { sream: 'country' }],
    [400, 'invalid_body', 'reset', { keepBaseline: 'no' }],
    [400, 'invalid_body', 'reset', ['country']],
    [400, 'invalid_body', 'acknowledge', { stream: 'country' }],
    [400, 'invalid_body', 'acknowledge', { by: '  ' }],
  ])('%d %s: %s with %j', async ([status, code, action, body]) => {
    const { post } = served();
    const response = await post(`/monitoring/drift/${action}`, body);
    expect([response.status, read<{ error: { code: string } }>(response).error.code]).toEqual([
      status,
      code,
    ]);
  });

  test('a body that is no JSON is refused', async () => {
    const { ask } = served();
    expect((await ask('POST', '/monitoring/drift/reset', { body: '{' })).status).toBe(400);
  });

  test('while learning there is neither a baseline nor a plot', async () => {
    const { get } = served();
    const views = await Promise.all(
      ['baseline', 'plot.svg'].map((view) => get(`/monitoring/drift/new/${view}`)),
    );
    expect(views.map(({ status }) => status)).toEqual([409, 409]);
    expect((await get('/monitoring/drift/new')).status).toBe(200);
  });

  test('one name in two models is told apart by its model', async () => {
    const { get, monitor } = served();
    const twin = monitor.stream(
      { model: 'spam', version: '1', name: 'country', direction: 'input' },
      'categorical',
    );
    twin.observe('de');
    expect(
      read<{ streams: unknown[] }>(await get('/monitoring/drift/country')).streams,
    ).toHaveLength(2);
    expect((await get('/monitoring/drift/country/plot.svg')).status).toBe(409);
    expect((await get('/monitoring/drift/country/plot.svg?model=fraud')).status).toBe(200);
  });
});
