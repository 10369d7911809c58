import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runCommand } from '../support/collector/service-process.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import { TelltaleSide } from '../support/stack/alertmanager/sides.ts';

const program = referenceBinaryOrWarn('amtool', 'amtool as a client');
const ROOT = join(import.meta.dirname, '../..');

const CONFIG = `route:
  receiver: hook
  group_by: [alertname]
  group_wait: 1s
  routes:
    - matchers: ['team="db"']
      receiver: db
      continue: true
    - matchers: ['severity=~"page|critical"']
      receiver: pager
receivers:
  - name: hook
    webhook_configs: [{url: 'HOOK/secret-path'}]
  - name: db
  - name: pager
`;

const run = promisify(execFile);

describe.skipIf(program === undefined)('amtool', () => {
  const service = new TelltaleSide();

  beforeAll(() => service.start(CONFIG), 60_000);
  afterAll(() => service.stop());

  const amtool = async (...args: string[]): Promise<string> => {
    const all = [`--alertmanager.url=${service.url}`, ...args];
    return (await run(program ?? '', all)).stdout;
  };
  const json = async <Answer>(...args: string[]): Promise<Answer> => {
    return JSON.parse(await amtool(...args, '--output=json')) as Answer;
  };

  test('adds and queries alerts', async () => {
    await amtool('alert', 'add', 'Slow', 'team=db', 'node=n1', '--annotation=summary=it is slow');
    await amtool('alert', 'add', 'alertname=Down', 'severity=page');
    type Alerts = readonly { readonly labels: object; readonly receivers: object }[];
    const all = await json<Alerts>('alert', 'query');
    expect(all.map(({ labels, receivers }) => ({ labels, receivers }))).toEqual(
      expect.arrayContaining([
        {
          labels: { alertname: 'Slow', team: 'db', node: 'n1' },
          receivers: [{ name: 'db' }],
        },
        { labels: { alertname: 'Down', severity: 'page' }, receivers: [{ name: 'pager' }] },
      ]),
    );
    expect(await json('alert', 'query', 'alertname=~"Sl.*"')).toHaveLength(1);
    expect(await json('alert', 'query', '--receiver=pager')).toHaveLength(1);
    expect(await amtool('alert', 'query', 'team=db')).toContain('it is slow');
  });

  test('adds, queries, updates and expires silences', async () => {
    const id = (
      await amtool('silence', 'add', 'alertname=Slow', '--comment=planned', '--duration=1h')
    ).trim();
    expect(id).toMatch(/^[0-9a-f-]{36}$/u);
    expect(await amtool('silence', 'query')).toContain('planned');
    expect(await json('alert', 'query', 'alertname=Slow')).toEqual([]);
    expect(await json('alert', 'query', '--silenced')).toHaveLength(1);
    const updated = await amtool('silence', 'update', id, '--duration=3h', '--comment=longer');
    expect(updated).toContain(id);
    expect(await amtool('silence', 'query', 'alertname=Slow')).toContain('longer');
    expect((await amtool('silence', 'query', '--quiet')).trim()).toBe(id);
    await amtool('silence', 'expire', id);
    expect((await amtool('silence', 'query', '--quiet')).trim()).toBe('');
    expect(await amtool('silence', 'query', '--expired')).toContain(id);
    await expect(
      amtool('silence', 'expire', '00000000-0000-0000-0000-000000000000'),
    ).rejects.toThrow(/./u);
  });

  test('shows the configuration without secrets', { timeout: 60_000 }, async () => {
    const shown = await amtool('config', 'show');
    expect(shown).toContain('receiver: db');
    expect(shown).not.toContain('secret-path');
    const { stdout } = await command('config', 'show');
    expect(shown.trim()).toBe(stdout.trim());
  });

  const command = (...args: string[]): ReturnType<typeof runCommand> => {
    const file = join(service.folder, 'alertmanager.yml');
    return runCommand([...args, '--alertmanager-config', file], service.folder);
  };

  test.for([
    [['team=db'], 'db'],
    [['team=db', 'severity=page'], 'db,pager'],
    [['severity=critical'], 'pager'],
    [['severity=info'], 'hook'],
  ] as const)(
    'routes %s to %s, and so does our command',
    { timeout: 60_000 },
    async ([labels, receivers]) => {
      expect((await amtool('config', 'routes', 'test', ...labels)).trim()).toBe(receivers);
      const ours = await command('config', 'routes', 'test', ...labels);
      expect(ours).toEqual({ code: 0, stdout: `${receivers}\n`, stderr: '' });
    },
  );

  test('draws the same trees as our command', { timeout: 60_000 }, async () => {
    const theirs = await amtool('config', 'routes', 'show');
    expect(squeeze((await command('config', 'routes', 'show')).stdout)).toBe(squeeze(theirs));
    const matched = await amtool('config', 'routes', 'test', '--tree', 'team=db', 'severity=page');
    const ours = await command('config', 'routes', 'test', '--tree', 'team=db', 'severity=page');
    expect(squeeze(ours.stdout)).toBe(squeeze(matched));
  });

  test('finds no fault with any file that we ship', { timeout: 60_000 }, async () => {
    const files = globSync('{deploy,examples,docs}/**/alertmanager*.y{,a}ml', { cwd: ROOT });
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { stdout } = await run(program ?? '', ['check-config', join(ROOT, file)]);
      expect([file, stdout.includes('SUCCESS')]).toEqual([file, true]);
      const ours = await runCommand(
        ['config', 'show', '--alertmanager-config', join(ROOT, file)],
        service.folder,
      );
      expect([file, ours.code, ours.stderr]).toEqual([file, 0, '']);
    }
  });
});

function squeeze(text: string): string {
  return text.replaceAll(/[ \u00a0]+/gu, ' ').trim();
}
