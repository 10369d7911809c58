import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { parseBaseline, SeededRandom, standardNormal } from '@telltale/statistics';
import {
  DriftMonitor,
  driftRoutes,
  type RealisedPerformance,
  sha256,
} from '@telltale/instrumentation-drift';

import {
  asking,
  driftAct,
  driftPlot,
  driftStatus,
  pullBaseline,
  showBaseline,
} from '../../../../src/telltale/src/cli/commands/drift-process.ts';
import { readKey } from '../../../../src/telltale/src/cli/drift/monitoring-client.ts';
import { ApiKeys } from '../../../../src/telltale/src/http/auth.ts';
import { createRouter } from '../../../../src/telltale/src/http/router.ts';
import { serveMonitoring } from '../../../../src/telltale/src/http/server.ts';
import { ROOT } from '../../../support/tidy/source-file.ts';

const KEY = 'correct-horse';
const folder = mkdtempSync(join(tmpdir(), 'telltale-drift-cli-'));
/** Wider than any line, so that nothing is cut. */
const LOOK = { width: 250, isColored: false };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => rmSync(folder, { recursive: true }));

const FRAUD = { model: 'fraud', version: '7' } as const;

/** A monitor with a stream in alert, a stable one, and one that is learning. */
function watched(): DriftMonitor {
  const monitor = new DriftMonitor({ falseAlarmEvery: 1e4, thinning: 1, now: () => 1e12 });
  const random = new SeededRandom(1);
  const draw = (mean: number): number => 1 / (1 + Math.exp(-standardNormal(random) - mean));
  const score = monitor.stream({ ...FRAUD, name: 'a/score <1>', direction: 'output' }, 'score');
  const country = monitor.stream({ ...FRAUD, name: 'country', direction: 'input' }, 'categorical');
  for (let index = 0; index < 2500; index += 1) {
    score.observe(draw(index < 1500 ? 0 : 1));
    country.observe('de fr uk us'.split(' ')[Math.floor(4 * random.next())]);
  }
  monitor.stream({ ...FRAUD, name: 'new\u001B[2J', direction: 'input' }, 'numeric').observe(1);
  monitor.stream({ model: 'other', version: '', name: 'country', direction: 'input' }, 'numeric');
  return monitor;
}

async function serving(
  monitor = watched(),
  { keys = [] as string[], realised = [] as RealisedPerformance[] } = {},
) {
  const router = createRouter({
    routes: driftRoutes(monitor, { realised: () => realised }),
    keys: new ApiKeys(keys),
    isLoopback: true,
  });
  const server = serveMonitoring(router, { host: '127.0.0.1', port: 0 });
  closing.push(() => server.close());
  const url = `http://127.0.0.1:${Number(await server.listening)}`;
  return { url, key: undefined, monitor };
}

/** Runs the command line as a user does. */
const telltale = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const main = join(ROOT, 'src/telltale/src/cli/main.ts');
    const child = execFile(
      process.execPath,
      ['--conditions=@telltale/source', main, 'drift', ...args],
      { env: { PATH: process.env['PATH'], ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

describe('drift status', () => {
  test('one line a stream, free of what paints terminals', async () => {
    const address = await serving();
    const { output, exitCode } = await driftStatus(address, { ...LOOK, isJson: false });
    const lines = output.split('\n').map((line) => line.split(/ {2,}/u));
    expect(exitCode).toBe(0);
    expect(lines[0]).toEqual([
      'STATE',
      'STREAM',
      'MODEL',
      'EVIDENCE',
      'EFFECT',
      'WINDOW',
      'BASELINE',
    ]);
    expect(lines.slice(1).map((cells) => cells.slice(0, 3))).toEqual([
      ['alert', 'a/score <1> (output)', 'fraud 7'],
      ['stable', 'country (input)', 'fraud 7'],
      ['learning', 'new?[2J (input)', 'fraud 7'],
      ['learning', 'country (input)', 'other'],
      [''],
      ["Look first at a/score <1>: telltale drift plot 'a/score <1>'"],
      [
        expect.stringMatching(
          /^a\/score <1>: mean up by 0\.\d+, spread .+ since about \d+ records ago/u,
        ),
      ],
      ['new?[2J: learns its baseline, 0 of 1000 records'],
      ['country: learns its baseline, 0 of 1000 records'],
      [expect.stringMatching(/^fraud 7: accuracy 0\.\d{3} estimated \(cbpe_uncalibrated\)$/u)],
    ]);
    expect(output).toMatch(/alert .+ of 60000 +0\.\d+ value +1000 +1000 auto [0-9a-f]{12}\n/u);
    expect(output).not.toContain('\u001B');
  });

  test.each([
    [120, ['STATE', 'STREAM', 'MODEL', 'EVIDENCE', 'EFFECT', 'WINDOW', 'BASELINE']],
    [84, ['STATE', 'STREAM', 'MODEL', 'EVIDENCE', 'EFFECT', 'BASELINE']],
    [74, ['STATE', 'STREAM', 'MODEL', 'EVIDENCE', 'EFFECT']],
  ])('nothing is wider than a terminal of %i columns', async (width, head) => {
    const address = await serving();
    const { output } = await driftStatus(address, { ...LOOK, width, isJson: false });
    const lines = output.split('\n');
    expect(lines[0]?.split(/ +/u)).toEqual(head);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
  });

  test('colours on a terminal change nothing else', async () => {
    const address = await serving();
    const plain = await driftStatus(address, { ...LOOK, isJson: false });
    const colored = await driftStatus(address, { ...LOOK, isColored: true, isJson: false });
    expect(colored.output).toContain('\u001B[31;1malert\u001B[0m');
    const codes = ['[31;1m', '[32m', '[36m', '[0m'].map((code) => `\u001B${code}`);
    expect(codes.reduce((text, code) => text.replaceAll(code, ''), colored.output)).toBe(
      plain.output,
    );
  });

  test('concept drift beside the streams', async () => {
    const realised = [{ ...FRAUD, sampleCount: 400, accuracy: 0.3 }];
    const address = await serving(watched(), { realised });
    const { output } = await driftStatus(address, { ...LOOK, isJson: false });
    expect(output).toMatch(
      /fraud 7: accuracy 0\.\d+ estimated .+, 0\.300 over 400 labels: concept drift$/u,
    );
  });

  test.for([
    { options: { model: 'other' }, names: ['country'] },
    { options: { state: 'alert' }, names: ['a/score <1>'] },
    { options: { direction: 'output', version: '7' }, names: ['a/score <1>'] },
    { options: { model: 'absent' }, names: [] },
  ])('--json of $options', async ({ options, names }) => {
    const address = await serving();
    const { output } = await driftStatus(address, { ...LOOK, ...options, isJson: true });
    const { streams } = JSON.parse(output) as { streams: { stream: { name: string } }[] };
    expect(streams.map(({ stream }) => stream.name)).toEqual(names);
  });

  test.for([
    { options: {}, text: 'No stream yet: no value was observed' },
    { options: { model: 'x' }, text: 'No such stream' },
  ])('nothing: $text', async ({ options, text }) => {
    const address = await serving(new DriftMonitor());
    expect(await driftStatus(address, { ...LOOK, ...options, isJson: false })).toMatchObject({
      output: text,
      exitCode: 0,
    });
  });
});

describe('drift plot', () => {
  test('ranks and bins, as wide as asked for', async () => {
    const address = await serving();
    const { output } = await driftPlot(address, 'a/score <1>', { ...LOOK, width: 70 });
    const lines = output.split('\n');
    expect(lines.filter((line) => line.endsWith(' %'))).toHaveLength(46);
    expect(lines[0]).toMatch(/^a\/score <1>, output of fraud 7: alert; the last 1000 values/u);
    expect(output).toContain('Ranks, 1000 values');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(70);
  });

  test('SVG into a file', async () => {
    const svg = join(folder, 'plot.svg');
    const address = await serving();
    const { output } = await driftPlot(address, 'country', { ...LOOK, ...FRAUD, svg });
    expect(output).toBe(svg);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .+<\/svg>\n$/su);
  });
});

describe('drift baseline', () => {
  test('pull writes the file, and show reads it', async () => {
    const address = await serving();
    const out = join(folder, 'pulled.json');
    const pulled = await pullBaseline(address, 'a/score <1>', { out });
    const parsed = parseBaseline(readFileSync(out, 'utf8'), sha256);
    const id = parsed.ok ? parsed.id : '';
    expect(pulled.output).toBe(`${out} ${id.slice(0, 12)}`);
    const shown = await showBaseline(address, out, {});
    expect(shown).toEqual(await showBaseline(address, 'a/score <1>', {}));
    expect(shown.output).toMatch(
      /^id +[0-9a-f]{64}\nmodel +fraud 7\nstream +a\/score <1>, output, score\nmade +2001-09-09T01:46:40\.000Z from auto\nvalues +1000, 0 null and 0 invalid beside\nquality +ok; values are independent\nknown +0\.\d+ to 0\.\d+, from the first half\nquartiles +0\.\d+ /u,
    );
  });

  test('categories by their share', async () => {
    const { output } = await showBaseline(await serving(), 'country', FRAUD);
    expect(output).toMatch(
      /known +4 categories.+\n\n(?:\w\w +2\d\.\d %\n){4}all others +0\.0 %$/su,
    );
  });

  test.for([
    { name: 'bad.json', text: '{}', problem: 'schema: expected' },
    { name: 'absent.json', text: undefined, problem: 'ENOENT' },
  ])('$name: $problem', async ({ name, text, problem }) => {
    const path = join(folder, name);
    if (text !== undefined) writeFileSync(path, text);
    const address = await serving();
    expect(await asking(() => showBaseline(address, path, {}))).toEqual({
      output: '',
      warnings: [expect.stringContaining(problem)],
      exitCode: 1,
    });
  });
});

describe('actions', () => {
  test('acknowledge, reset and rebaseline', async () => {
    const address = await serving();
    const stream = 'a/score <1>';
    const act = (action: object) =>
      driftAct(address, { name: 'reset', stream, ...action }, { ...LOOK, model: 'fraud' });
    const { output } = await act({ name: 'acknowledge', by: 'ada\u0007' });
    expect(output).toMatch(/\nalert, seen by ada\? +a\/score /u);
    const status = () => address.monitor.status({ name: stream })[0];
    expect(status()).toMatchObject({ state: 'alert', acknowledged: { by: 'ada\u0007' } });
    expect(await act({ keepBaseline: true })).toMatchObject({
      output: expect.stringMatching(/\nlearning +a\/score <1> .+ 1000 auto [0-9a-f]{12}$/u),
    });
    expect(status()).toMatchObject({ windowN: 0, baseline: { n: 1000 } });
    await act({ name: 'rebaseline' });
    expect(status()).toMatchObject({ baseline: { n: 1000 }, learning: { collected: 0 } });
    await act({ keepBaseline: false });
    expect(status()).toMatchObject({ state: 'learning', baseline: null });
  });
});

describe('plain errors', () => {
  test.for([
    {
      stream: 'absent',
      problem: 'Cannot find the stream "absent"',
      advice: '"telltale drift status" lists',
    },
    { stream: 'country', problem: 'Cannot tell which stream is meant', advice: 'add --model' },
    {
      stream: 'new\u001B[2J',
      problem: 'while the baseline is being learned',
      advice: 'shows how far',
    },
  ])('$problem', async ({ stream, problem, advice }) => {
    const address = await serving();
    const { warnings, exitCode } = await asking(() => driftPlot(address, stream, LOOK));
    expect({ exitCode, warnings }).toEqual({
      exitCode: 1,
      warnings: [expect.stringMatching(new RegExp(`${problem}.+${advice}`, 'u'))],
    });
  });

  test.for([
    { name: 'nothing listens', reply: undefined, problem: 'nothing listens there' },
    { name: 'another server', reply: '<html>hello', problem: 'is it another server?', status: 404 },
    {
      name: 'an answer of another kind',
      reply: '[]',
      problem: 'Cannot understand the answer',
      status: 200,
    },
    { name: 'no JSON', reply: 'ok', problem: 'Cannot understand the answer', status: 200 },
  ])('$name', async ({ reply, problem, status = 200 }) => {
    const server = http.createServer((_, response) => {
      response.writeHead(status);
      response.end(reply);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://user:hunter2@127.0.0.1:${(server.address() as AddressInfo).port}`;
    const plain = url.replace('user:hunter2@', '');
    const stopped = (): Promise<void> =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    if (reply === undefined) await stopped();
    else closing.push(stopped);
    const ask = (address: string) =>
      asking(() => driftStatus({ url: address, key: undefined }, { ...LOOK, isJson: false }));
    expect(await ask(plain)).toMatchObject({
      exitCode: 1,
      warnings: [expect.stringContaining(problem)],
    });
    expect((await ask(url)).warnings.join()).not.toContain('hunter2');
  });

  test.for(['localhost:9464', '', 'ftp://127.0.0.1', '//x'])('"%s" is no address', async (url) => {
    const ask = () => driftStatus({ url, key: undefined }, { ...LOOK, isJson: false });
    expect(await asking(ask)).toMatchObject({
      exitCode: 1,
      warnings: ['Cannot use --url: expected an address such as http://127.0.0.1:9464'],
    });
  });

  test('credentials of the address are sent as such', async () => {
    const seen: (string | undefined)[] = [];
    const server = http.createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{"streams":[]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const address = { url: `http://ada:l%20ve@127.0.0.1:${port}`, key: undefined };
    await driftStatus(address, { ...LOOK, isJson: false });
    server.closeAllConnections();
    expect(seen).toEqual([`Basic ${Buffer.from('ada:l ve').toString('base64')}`]);
  });

  test.for([
    { file: '# key\n  from-file \n', env: { TELLTALE_API_KEY: 'x' }, key: 'from-file' },
    { file: undefined, env: { TELLTALE_API_KEY: 'from-env' }, key: 'from-env' },
    { file: undefined, env: {}, key: undefined },
  ])('the key is $key', ({ file, env, key }) => {
    const path = join(folder, 'key');
    if (file !== undefined) writeFileSync(path, file);
    expect(readKey(file === undefined ? undefined : path, env)).toBe(key);
  });
});

describe('the command line', () => {
  let url = '';
  beforeAll(async () => {
    const router = createRouter({
      routes: driftRoutes(watched()),
      keys: new ApiKeys([KEY]),
      isLoopback: true,
    });
    const server = serveMonitoring(router, { host: '127.0.0.1', port: 0 });
    url = `http://127.0.0.1:${Number(await server.listening)}`;
    writeFileSync(join(folder, 'good-key'), `${KEY}\n`);
    return () => server.close();
  });

  test.for([
    { args: ['status'], env: {}, code: 1, err: 'set TELLTALE_API_KEY or give --key-file' },
    { args: ['status'], env: { TELLTALE_API_KEY: KEY }, code: 0, out: 'STATE ' },
    { args: ['status', '--key-file', 'good-key'], env: {}, code: 0, out: 'alert ' },
    { args: ['status', '--key-file', 'no-key'], env: {}, code: 1, err: 'Cannot read the key' },
    {
      args: ['plot', 'country', '--version', '7'],
      env: { TELLTALE_API_KEY: KEY },
      code: 0,
      out: 'Ranks',
    },
    { args: ['reset'], env: {}, code: 1, err: 'Cannot reset nothing: name a stream, or add --all' },
    { args: ['acknowledge', 'x'], env: {}, code: 1, err: "required option '--by <who>'" },
    { args: ['status', '--state', 'bad'], env: {}, code: 1, err: 'Allowed choices are learning' },
  ])('drift $args with $env', async ({ args, env, code, out = '', err = '' }) => {
    const at = args.map((one) => (one.endsWith('-key') ? join(folder, one) : one));
    const result = await telltale([...at, '--url', url], env);
    expect(result.code).toBe(code);
    expect(result.stdout).toContain(out);
    expect(result.stderr).toContain(err);
    expect(result.stdout + result.stderr).not.toContain('\u001B');
  });

  test('drift baseline build writes files and says which', async () => {
    const random = new SeededRandom(1);
    const rows = Array.from({ length: 1000 }, () => standardNormal(random));
    const file = join(folder, 'train.csv');
    writeFileSync(file, `x\n${rows.join('\n')}\n`);
    const out = join(folder, 'built');
    const args = ['baseline', 'build', file, '--model', 'm', '--version', '2', '--out', out];
    const { code, stdout, stderr } = await telltale(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`x: numeric, 1000 values, ok\n  ${out}/m-2-x.json `);
    const refused = await telltale([...args, '--declared-range', '2,1']);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Expected min,max: current value is "2,1"'),
    });
  });
});
