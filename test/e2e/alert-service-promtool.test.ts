import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

const promtool = referenceBinaryOrWarn('promtool', 'promtool against the alert service');

describe.skipIf(promtool === undefined)('promtool', () => {
  const service = new AlertServiceFixture();
  let url = '';

  beforeAll(async () => {
    service.writeRules('groups: [{name: g, rules: [{alert: Up, expr: up > 0}]}]\n');
    service.configure('  retain_all: 15m\n');
    await service.start();
    await service.gauge(1, { name: 'up' });
    url = `http://127.0.0.1:${service.app.ports.api}`;
  });
  afterAll(async () => {
    await service.stop();
    service.remove();
  });

  async function run(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(promtool ?? '', args);
    return stdout.trim();
  }

  const now = (): string => String(service.clock.nowMs() / 1000);

  test('query instant answers', async () => {
    expect(await run('query', 'instant', '--time', now(), url, 'up')).toBe(
      `up{instance="i1", job="shop"} => 1 @[${now()}]`,
    );
  });

  test('query range answers', async () => {
    const start = String(service.clock.nowMs() / 1000 - 15);
    const times = ['--start', start, '--end', now(), '--step', '15s'];
    expect(await run('query', 'range', ...times, url, 'up')).toContain(`1 @[${now()}]`);
  });

  test('query series and labels answer', async () => {
    const end = String(service.clock.nowMs() / 1000 + 1);
    const times = ['--start', String(service.clock.nowMs() / 1000 - 60), '--end', end];
    expect(await run('query', 'series', '--match', 'up', ...times, url)).toContain('__name__="up"');
    expect((await run('query', 'labels', ...times, url, 'job')).split('\n')).toEqual(['shop']);
  });

  test('check ready and healthy succeed', async () => {
    for (const what of ['ready', 'healthy']) {
      await expect(run('check', what, '--url', url)).resolves.toBeDefined();
    }
  });

  test('a bad expression is told as Prometheus tells it', async () => {
    await expect(run('query', 'instant', url, 'rate(up)')).rejects.toMatchObject({
      stderr: expect.stringContaining('1:6: parse error: expected type range vector'),
    });
  });
});
