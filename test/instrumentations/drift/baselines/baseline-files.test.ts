import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { type Baseline, type StreamKind, serializeBaseline } from '@telltale/statistics';
import {
  type BaselineSourcesOptions,
  DriftMonitor,
  sha256,
  useBaselineSources,
} from '@telltale/instrumentation-drift';

import { normals, SCORE_KEY, trainingBaseline } from '../../../support/drift/training-baseline.ts';

const root = mkdtempSync(join(tmpdir(), 'telltale-baselines-'));
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
function folderWith(files: Readonly<Record<string, string>>): string {
  folders += 1;
  const folder = join(root, String(folders));
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const text = (baseline: Baseline): string => serializeBaseline(baseline, sha256);
const idOf = (monitor: DriftMonitor): (string | undefined)[] =>
  [...monitor.streams()].map(({ comparison }) => comparison?.baselineId.slice(0, 12));
const id = (baseline: Baseline): string =>
  (JSON.parse(text(baseline)) as { id: string }).id.slice(0, 12);

async function using(options: BaselineSourcesOptions, kind: StreamKind = 'numeric') {
  const monitor = new DriftMonitor({ now: () => 1e12 });
  const lines: string[] = [];
  const sources = useBaselineSources(monitor, {
    source: 'file',
    report: (_, message) => lines.push(message),
    ...options,
  });
  const load = await sources.reload();
  const stream = monitor.stream(SCORE_KEY, kind);
  return { monitor, sources, stream, lines, load };
}

describe('files', () => {
  test('a stream adopts its own file when it is made, and judges at once', async () => {
    const other = trainingBaseline({ ...SCORE_KEY, name: 'other' });
    const own = trainingBaseline();
    const folder = folderWith({
      'a.json': text(other),
      'b.json': text(own),
      'notes.txt': 'not read',
    });
    const { monitor, stream, lines, load } = await using({ paths: [folder] });
    expect({ load, lines, id: idOf(monitor) }).toEqual({
      load: { loaded: 2, refused: 0 },
      lines: [],
      id: [id(own)],
    });
    for (const value of normals(1000, { seed: 7, mean: 2 })) stream.observe(value);
    expect(monitor.status()).toMatchObject([
      { state: 'alert', baseline: { source: 'training', n: 1000 } },
    ]);
  });

  test.for<readonly [string, Partial<BaselineSourcesOptions>, (folder: string) => object]>([
    ['a path', {}, (folder) => ({ paths: [join(folder, 'b.json')] })],
    ['text', {}, () => ({ inline: [text(trainingBaseline())] })],
    ['parsed JSON', {}, () => ({ inline: [JSON.parse(text(trainingBaseline()))] })],
    ['a folder', {}, (folder) => ({ paths: [folder] })],
  ])('from %s', async ([, options, more]) => {
    const folder = folderWith({ 'b.json': text(trainingBaseline()) });
    const { monitor } = await using({ ...options, ...more(folder) });
    expect(idOf(monitor)).toEqual([id(trainingBaseline())]);
  });

  test('the very version wins over any version, and the newest over the older', async () => {
    const anyVersion = trainingBaseline({ ...SCORE_KEY, version: '' }, { seed: 2 });
    const older = { ...trainingBaseline(), createdMs: 1 };
    const newest = { ...trainingBaseline(), createdMs: 2 };
    const inline = [older, newest, { ...anyVersion, createdMs: 9 }].map(text);
    const { monitor } = await using({ inline });
    expect(idOf(monitor)).toEqual([id(newest)]);
    const only = await using({ inline: [text(anyVersion)] });
    expect(idOf(only.monitor)).toEqual([id(anyVersion)]);
  });

  const sound = text(trainingBaseline());
  test.for([
    { name: 'no JSON', bad: '{', line: 'bad.json: expected JSON' },
    { name: 'nothing', bad: '', line: 'bad.json: expected JSON' },
    {
      name: 'another schema',
      bad: '{"schema":"x"}',
      line: 'schema: expected "ml-drift-baseline/1"',
    },
    {
      name: 'a changed value',
      bad: sound.replace('1000,"novelty"', '1001,"novelty"'),
      line: 'rank20.weights',
    },
    { name: 'a changed name', bad: sound.replace('fraud', 'froud'), line: 'id: expected the hash' },
    { name: 'half a file', bad: sound.slice(0, 5000), line: 'bad.json: expected JSON' },
  ])('$name is refused as a whole, with one line', async ({ bad, line }) => {
    const folder = folderWith({ 'bad.json': bad });
    const { monitor, lines, load } = await using({ paths: [folder] });
    expect(load).toEqual({ loaded: 0, refused: 1 });
    expect(lines).toEqual([expect.stringContaining(line)]);
    expect(lines[0]).toContain(join(folder, 'bad.json'));
    expect(idOf(monitor)).toEqual([undefined]);
  });

  test('what is inline and no file is refused, and a report that fails does no harm', async () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const inline = [cyclic, undefined, null, 1n, 7, [], text(trainingBaseline())];
    const { load, monitor } = await using({
      inline,
      report: () => {
        throw new Error('no log');
      },
    });
    expect(load).toEqual({ loaded: 1, refused: 6 });
    expect(idOf(monitor)).toEqual([id(trainingBaseline())]);
  });

  test('a folder that is not there is one line, and streams learn', async () => {
    const { monitor, stream, lines } = await using({ paths: [join(root, 'nowhere')] });
    expect(lines).toEqual([expect.stringContaining('ENOENT')]);
    for (const value of normals(1200)) stream.observe(value);
    expect(monitor.status()).toMatchObject([{ baseline: { source: 'auto' } }]);
  });

  test.for<readonly [StreamKind, Baseline, string | undefined]>([
    ['numeric', trainingBaseline(), undefined],
    ['score', trainingBaseline(), 'stream.kind: expected "score": current value is "numeric"'],
    [
      'categorical',
      trainingBaseline(),
      'stream.kind: expected "categorical": current value is "numeric"',
    ],
    [
      'numeric',
      trainingBaseline(SCORE_KEY, {
        kind: 'categorical',
        values: Array.from({ length: 400 }, (_, row) => String(row % 3)),
      }),
      undefined,
    ],
    [
      'numeric',
      trainingBaseline(SCORE_KEY, {
        kind: 'categorical',
        values: Array.from({ length: 400 }, (_, row) => `c${row % 3}`),
      }),
      'stream.kind: expected "numeric": current value is "categorical"',
    ],
  ])('a %s stream', async ([kind, baseline, line]) => {
    const { monitor, lines } = await using({ inline: [text(baseline)] }, kind);
    expect(lines.map((one) => one.slice(one.indexOf('stream.kind')))).toEqual(
      line === undefined ? [] : [line],
    );
    expect(idOf(monitor)).toEqual([line === undefined ? id(baseline) : undefined]);
  });
});

describe('reload()', () => {
  test('gives streams what changed, and keeps what turned bad', async () => {
    const folder = folderWith({ 'a.json': text(trainingBaseline()) });
    const { monitor, sources, lines } = await using({ paths: [folder] });
    const newer = { ...trainingBaseline(SCORE_KEY, { seed: 5 }), createdMs: 2e12 };
    writeFileSync(join(folder, 'a.json'), text(newer));
    expect(await sources.reload()).toEqual({ loaded: 1, refused: 0 });
    expect(idOf(monitor)).toEqual([id(newer)]);
    writeFileSync(join(folder, 'a.json'), 'torn');
    expect(await sources.reload()).toEqual({ loaded: 1, refused: 1 });
    expect(lines).toEqual([expect.stringContaining('expected JSON')]);
    monitor.reset({ keepBaseline: false });
    await sources.reload();
    expect(idOf(monitor)).toEqual([id(newer)]);
  });

  test('without a change evidence goes on', async () => {
    const { monitor, sources, stream } = await using({ inline: [text(trainingBaseline())] });
    for (const value of normals(500, { seed: 8 })) stream.observe(value);
    await sources.reload();
    expect(monitor.status()).toMatchObject([{ windowN: 500 }]);
  });

  test('after stop() new streams learn', async () => {
    const { monitor, sources } = await using({ inline: [text(trainingBaseline())] });
    sources.stop();
    monitor.stream({ ...SCORE_KEY, version: '7', segment: 'EU' }, 'numeric');
    expect(idOf(monitor)).toEqual([id(trainingBaseline()), undefined]);
  });

  test('a restored stream takes its file', async () => {
    const { monitor } = await using({ inline: [text(trainingBaseline())] });
    const before = new DriftMonitor({ now: () => 1e12 });
    before.stream(SCORE_KEY, 'numeric');
    expect(monitor.restore(before.snapshot())).toBe(true);
    expect(idOf(monitor)).toEqual([id(trainingBaseline())]);
  });
});
