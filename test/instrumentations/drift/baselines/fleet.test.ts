import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, describe, expect, test } from 'vitest';

import { parseBaseline, serializeBaseline } from '@telltale/statistics';
import {
  type BaselineSources,
  type BaselineSourcesOptions,
  DriftMonitor,
  sha256,
  useBaselineSources,
} from '@telltale/instrumentation-drift';

import { type FleetAnswer, startFakeFleet } from '../../../support/drift/fake-fleet.ts';
import { normals, SCORE_KEY, trainingBaseline } from '../../../support/drift/training-baseline.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-fleet-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FILE = serializeBaseline(trainingBaseline(), sha256);
const NEWER = serializeBaseline(trainingBaseline(SCORE_KEY, { seed: 2 }), sha256);
const idOf = (file: string): string => (JSON.parse(file) as { id: string }).id;
const found = (file: string): FleetAnswer => ({
  status: 200,
  headers: { etag: `"${idOf(file)}"` },
  body: file,
});

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

let caches = 0;
const newCache = (): string => {
  caches += 1;
  return join(folder, String(caches));
};

function instance(url: string, options: BaselineSourcesOptions = {}) {
  const monitor = new DriftMonitor({ now: () => 1e12 });
  const lines: string[] = [];
  const sources: BaselineSources = useBaselineSources(monitor, {
    source: 'fleet',
    report: (_, message) => lines.push(message),
    instance: 'pod-1',
    ...options,
    fleet: { url, timeoutMs: 2_000, ...options.fleet },
  });
  open.push({ close: () => sources.stop() });
  const stream = monitor.stream(SCORE_KEY, 'numeric');
  const baseline = (): string | undefined => [...monitor.streams()][0]?.comparison?.baselineId;
  return { monitor, sources, stream, lines, baseline };
}

async function fleetThat(answer: FleetAnswer) {
  const fleet = await startFakeFleet(() => answer);
  open.push(fleet);
  return fleet;
}

describe('a fleet with a baseline', () => {
  test('is asked by the parts of the stream, and its answer adopted', async () => {
    const fleet = await fleetThat(found(FILE));
    const { baseline, sources, lines } = instance(fleet.url);
    await sources.reload();
    expect(baseline()).toBe(idOf(FILE));
    expect(lines).toEqual([]);
    expect(fleet.requests[0]).toMatchObject({
      method: 'GET',
      target: '/monitoring/drift/baselines/fraud/7/score?direction=output',
    });
  });

  test('names are encoded, and a prefix of the address stays', async () => {
    const fleet = await fleetThat({ status: 404 });
    const { monitor, sources } = instance(`${fleet.url}/alerts/`);
    const key = { model: 'a/b', version: '1 2', name: 'x?#', direction: 'input', segment: 'E&U' };
    monitor.stream({ ...key, direction: 'input' }, 'numeric');
    await sources.reload();
    expect(fleet.requests.map(({ target }) => target)).toContain(
      '/alerts/monitoring/drift/baselines/a%2Fb/1%202/x%3F%23?direction=input&segment=E%26U',
    );
  });

  test('is asked again with the ETag, and 304 changes nothing', async () => {
    const fleet = await fleetThat(found(FILE));
    const { baseline, sources, stream, monitor } = instance(fleet.url);
    await sources.reload();
    for (const value of normals(300)) stream.observe(value);
    fleet.answers(() => ({ status: 304 }));
    await sources.reload();
    expect(fleet.requests.at(-1)?.headers['if-none-match']).toBe(`"${idOf(FILE)}"`);
    expect(baseline()).toBe(idOf(FILE));
    expect(monitor.status()).toMatchObject([{ windowN: 300 }]);
    fleet.answers(() => found(NEWER));
    await sources.reload();
    expect(baseline()).toBe(idOf(NEWER));
  });

  test('a stream in trouble keeps its baseline until it is stable', async () => {
    const fleet = await fleetThat(found(FILE));
    const { baseline, sources, stream, monitor } = instance(fleet.url);
    await sources.reload();
    for (const value of normals(1000, { mean: 1 })) stream.observe(value);
    expect(monitor.status()).toMatchObject([{ state: 'alert' }]);
    fleet.answers(() => found(NEWER));
    await sources.reload();
    expect(baseline()).toBe(idOf(FILE));
    monitor.reset();
    await sources.reload();
    expect(baseline()).toBe(idOf(NEWER));
  });

  test.for([
    { fleet: { url: '', key: 'secret' }, header: 'Bearer secret' },
    { fleet: { url: '', keyFile: join(folder, 'key') }, header: 'Bearer from-file' },
    { fleet: { url: '' }, header: undefined },
  ])('sends $header', async ({ fleet: options, header }) => {
    writeFileSync(join(folder, 'key'), '# the key\n\nfrom-file\n');
    const fleet = await fleetThat(found(FILE));
    const { sources } = instance(fleet.url, { fleet: { ...options, url: fleet.url } });
    await sources.reload();
    expect(fleet.requests[0]?.headers.authorization).toBe(header);
  });

  test('the stream that all beyond the limit share has no name', async () => {
    const fleet = await fleetThat({ status: 404 });
    const monitor = new DriftMonitor({ streamsMax: 0, now: () => 1e12 });
    const sources = useBaselineSources(monitor, { source: 'fleet', fleet: { url: fleet.url } });
    open.push({ close: () => sources.stop() });
    monitor.stream(SCORE_KEY, 'numeric');
    await sources.reload();
    expect(fleet.requests).toEqual([]);
  });
});

describe('a fleet that is of no use', () => {
  const other = trainingBaseline({ ...SCORE_KEY, name: 'other' });
  const score = trainingBaseline(SCORE_KEY, { kind: 'score' });
  test.for<{ name: string; answer: FleetAnswer; line: string | undefined }>([
    { name: '404', answer: { status: 404 }, line: undefined },
    { name: '500', answer: { status: 500 }, line: 'HTTP 500; streams keep what they have' },
    { name: '401', answer: { status: 401 }, line: 'HTTP 401' },
    { name: 'a redirect', answer: { status: 302, headers: { location: '/' } }, line: 'HTTP 302' },
    { name: 'a reset', answer: 'reset', line: 'ECONNRESET' },
    { name: 'half an answer', answer: 'torn', line: 'ECONNRESET' },
    { name: 'garbage', answer: { status: 200, body: '<html>' }, line: 'expected JSON' },
    { name: 'a changed file', answer: { status: 200, body: FILE.replace('7', '8') }, line: 'id: ' },
    {
      name: 'a foreign stream',
      answer: found(serializeBaseline(other, sha256)),
      line: 'stream.name: expected "score": current value is "other"',
    },
    {
      name: 'another kind',
      answer: found(serializeBaseline(score, sha256)),
      line: 'stream.kind: expected "numeric": current value is "score"',
    },
    {
      name: 'an endless answer',
      answer: { status: 200, body: 'x'.repeat(5 * 1024 * 1024) },
      line: 'answer above 4194304 bytes',
    },
  ])('$name: the stream learns its own', async ({ answer, line }) => {
    const cacheFolder = newCache();
    const fleet = await fleetThat(answer);
    const { sources, stream, lines, monitor } = instance(fleet.url, { cacheFolder });
    await sources.reload();
    const isExpected = lines.map((one) => line !== undefined && one.includes(line));
    expect([...new Set(isExpected)]).toEqual(line === undefined ? [] : [true]);
    for (const value of normals(1200)) stream.observe(value);
    expect(monitor.status()).toMatchObject([{ baseline: { source: 'auto' } }]);
  });

  test('one that hangs is given up', async () => {
    const fleet = await fleetThat('hang');
    const { sources, lines } = instance(fleet.url, { fleet: { url: fleet.url, timeoutMs: 20 } });
    await sources.reload();
    expect([...new Set(lines)]).toEqual([expect.stringContaining('no answer within 20 ms')]);
  });

  test('stop() gives up what hangs', async () => {
    const fleet = await fleetThat('hang');
    const { sources } = instance(fleet.url);
    const reloaded = sources.reload();
    while (fleet.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    sources.stop();
    expect(await reloaded).toEqual({ loaded: 0, refused: 0 });
  });

  test.for([
    { url: 'http://127.0.0.1:1', line: 'ECONNREFUSED' },
    { url: 'nonsense', line: 'ERR_INVALID_URL' },
  ])('no server at $url', async ({ url, line }) => {
    const { sources, lines } = instance(url);
    await sources.reload();
    expect([...new Set(lines)]).toEqual([expect.stringContaining(line)]);
  });

  test('is told once, and again only after it was over', async () => {
    const fleet = await fleetThat({ status: 500 });
    const { sources, lines } = instance(fleet.url);
    await sources.reload();
    await sources.reload();
    expect(lines).toHaveLength(1);
    fleet.answers(() => ({ status: 404 }));
    await sources.reload();
    fleet.answers(() => 'reset');
    await sources.reload();
    expect(lines).toHaveLength(2);
  });

  test('credentials of the address are in no line', async () => {
    const { sources, lines } = instance('http://user:hunter2@127.0.0.1:1/x');
    await sources.reload();
    expect(lines[0]).toContain('http://127.0.0.1:1/x');
    expect(lines.join()).not.toContain('hunter2');
  });

  test('without an address there is one line', () => {
    const lines: string[] = [];
    useBaselineSources(new DriftMonitor(), {
      source: 'fleet',
      report: (_, message) => lines.push(message),
    });
    expect(lines).toEqual(['Cannot share baselines without the address of the alert service']);
  });
});

describe('the cache', () => {
  test('starts a stream while the fleet is away, readable by its user alone', async () => {
    const cacheFolder = newCache();
    const fleet = await fleetThat(found(FILE));
    await instance(fleet.url, { cacheFolder }).sources.reload();
    const [name = ''] = readdirSync(cacheFolder);
    expect(readFileSync(join(cacheFolder, name), 'utf8')).toBe(FILE);
    expect(statSync(join(cacheFolder, name)).mode & 0o777).toBe(0o600);
    fleet.answers(() => 'reset');
    const again = instance(fleet.url, { cacheFolder });
    await again.sources.reload();
    expect(again.baseline()).toBe(idOf(FILE));
    fleet.answers(() => ({ status: 304 }));
    const third = instance(fleet.url, { cacheFolder });
    await third.sources.reload();
    expect(fleet.requests.at(-1)?.headers['if-none-match']).toBe(`"${idOf(FILE)}"`);
  });

  test.for(['', 'torn', FILE.slice(0, 1000), NEWER.replace('fraud', 'other')])(
    'a damaged one is thrown away',
    async (damaged) => {
      const cacheFolder = newCache();
      const fleet = await fleetThat(found(FILE));
      await instance(fleet.url, { cacheFolder }).sources.reload();
      const [name = ''] = readdirSync(cacheFolder);
      writeFileSync(join(cacheFolder, name), damaged);
      fleet.answers(() => ({ status: 404 }));
      const again = instance(fleet.url, { cacheFolder });
      await again.sources.reload();
      expect({ baseline: again.baseline(), files: readdirSync(cacheFolder) }).toEqual({
        baseline: undefined,
        files: [],
      });
      expect(again.lines).toEqual([expect.stringContaining(name)]);
    },
  );

  test('a folder that cannot be made costs nothing', async () => {
    writeFileSync(join(folder, 'file'), '');
    const fleet = await fleetThat(found(FILE));
    const { sources, baseline } = instance(fleet.url, { cacheFolder: join(folder, 'file', 'x') });
    await sources.reload();
    expect(baseline()).toBe(idOf(FILE));
  });
});

describe('publish', () => {
  test('gives what was learned to the fleet', async () => {
    const fleet = await fleetThat({ status: 202 });
    const { sources, stream } = instance(fleet.url, { source: 'auto', publish: true });
    for (const value of normals(1200)) stream.observe(value);
    await sources.reload();
    expect(fleet.requests).toMatchObject([
      {
        method: 'POST',
        target: '/monitoring/drift/baselines/fraud/7/score/samples?direction=output&instance=pod-1',
        headers: { 'content-type': 'application/json' },
      },
    ]);
    expect(parseBaseline(fleet.requests[0]?.body ?? '', sha256)).toMatchObject({
      ok: true,
      baseline: { source: 'auto', key: SCORE_KEY },
    });
  });

  test('what cannot be sent is sent later, once', async () => {
    const fleet = await fleetThat({ status: 503 });
    const { sources, stream, lines } = instance(fleet.url, { source: 'auto', publish: true });
    for (const value of normals(1200)) stream.observe(value);
    await sources.reload();
    expect(lines[0]).toContain('HTTP 503; it is sent again later');
    fleet.answers(() => ({ status: 204 }));
    await sources.reload();
    const before = fleet.requests.length;
    await sources.reload();
    expect(fleet.requests.length).toBe(before);
    expect(fleet.requests.at(-1)?.method).toBe('POST');
  });

  test('what is refused is not sent again', async () => {
    const fleet = await fleetThat({ status: 422 });
    const { sources, stream, lines } = instance(fleet.url, { source: 'auto', publish: true });
    for (const value of normals(1200)) stream.observe(value);
    await sources.reload();
    await sources.reload();
    expect(fleet.requests.length).toBeLessThanOrEqual(2);
    expect(lines[0]).toContain('it is not sent again');
  });

  test('a baseline of the fleet is not given back', async () => {
    const fleet = await fleetThat(found(FILE));
    const { sources, stream } = instance(fleet.url, { publish: true });
    await sources.reload();
    for (const value of normals(1500)) stream.observe(value);
    await sources.reload();
    expect(fleet.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});
