import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createProgram } from '../../../collector/src/cli/program.ts';

let folder: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telltale-notify-'));
});

afterEach(() => {
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: readonly string[]): Promise<Outcome> {
  let code = 0;
  let stdout = '';
  let stderr = '';
  const program = createProgram({
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
    readStdin: () => new Uint8Array(),
    exit: (given) => {
      code = given;
    },
  });
  await program.parseAsync(['node', 'telltale-collector', 'notify', ...args]);
  return { code, stdout, stderr };
}

/** A configuration of these receivers; returns its path. */
function configure(receivers: string, templates = ''): string {
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: {receiver: team}\n${templates}receivers:\n${receivers}`,
  );
  const file = join(folder, 'telltale.yaml');
  writeFileSync(file, 'collector: {alertmanager_config: alertmanager.yml}\n');
  return file;
}

/** A receiver that answers as it is told and keeps what it got. */
async function listen(status: number, body: string): Promise<{ url: string; got: unknown[] }> {
  const got: unknown[] = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      got.push(JSON.parse(text));
      response.writeHead(status).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, got };
}

test('notify test sends the sample through the real channel and prints the answer', async () => {
  const { url, got } = await listen(200, 'ok');
  const config = configure(`- name: team\n  slack_configs: [{api_url: "${url}"}]\n`);
  const sample = ['--alert', 'Slow', '--label', 'model=m1', '--label', 'severity=critical'];
  const outcome = await run('test', 'team', '--config', config, ...sample);
  expect(outcome).toEqual({
    code: 0,
    stdout: 'slack[0]: delivered\n  answer: status 200 ok\n',
    stderr: '',
  });
  expect(got).toMatchObject([{ attachments: [{ title: '[FIRING:1] Slow (m1 critical)' }] }]);
});

test('notify test says what was refused and exits with 1', async () => {
  const { url } = await listen(404, 'no such hook');
  const closed = 'http://127.0.0.1:1/';
  const config = configure(
    `- name: team\n  webhook_configs: [{url: "${url}"}, {url_file: missing}]\n` +
      `  discord_configs: [{webhook_url: "${closed}"}]\n`,
  );
  const outcome = await run('test', 'team', '--config', config);
  expect(outcome.code).toBe(1);
  expect(outcome.stdout).toContain(
    'webhook[0]: refused for good (clientError): status 404: no such hook\n',
  );
  expect(outcome.stdout).toContain(
    'webhook[1]: not sent: Cannot read the secret file "missing": ENOENT\n',
  );
  expect(outcome.stdout).toMatch(/discord\[0\]: failed, would be tried again \(networkError\)/u);
});

test('an unknown receiver and a bad file are told and exit with 2', async () => {
  const config = configure('- name: team\n- name: other\n');
  expect(await run('test', 'absent', '--config', config)).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(
      'Unknown receiver "absent": the configuration has "team", "other"',
    ),
  });
  const bad = configure('- name: team\n  slack_configs: [{titel: x}]\n');
  expect(await run('test', 'team', '--config', bad)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/alertmanager\.yml:4:20: .*Unknown key "titel"/u),
  });
});

test('notify preview writes what would be sent, without secrets', async () => {
  const config = configure(
    '- name: team\n' +
      '  pagerduty_configs: [{routing_key: hush-hush}]\n' +
      '  email_configs: [{to: a@b.example, from: c@d.example, smarthost: "h:25"}]\n',
  );
  const out = join(folder, 'out');
  const { code, stdout } = await run('preview', 'team', '--config', config, '--out', out);
  expect(code).toBe(0);
  const files = readdirSync(out).sort();
  expect(files).toEqual([
    'email-0.firing.headers',
    'email-0.firing.html',
    'email-0.firing.txt',
    'pagerduty-0.firing.json',
    'pagerduty-0.resolved.json',
  ]);
  expect(stdout.trim().split('\n').sort()).toEqual(files.map((name) => join(out, name)));
  const all = files.map((name) => readFileSync(join(out, name), 'utf8')).join('\n');
  expect(all).not.toContain('hush');
  expect(all).toContain('"event_action": "resolve"');
  expect(all).toContain('Subject: [FIRING:1] TelltaleTest (warning)');
  expect(all).toContain('1 firing');
});

test('notify preview tells of templates that fail', async () => {
  mkdirSync(join(folder, 'tmpl'));
  writeFileSync(join(folder, 'tmpl/own.tmpl'), '{{ define "own" }}{{ .Nope }}{{ end }}');
  const config = configure(
    `- name: team\n  webhook_configs: [{url: "http://h/", payload: {a: '{{ template "own" . }}'}}]\n`,
    'templates: [tmpl/*.tmpl]\n',
  );
  const { code, stderr } = await run('preview', 'team', '--config', config, '--out', folder);
  expect(code).toBe(1);
  expect(stderr).toContain('template: tmpl/own.tmpl:1:21: executing "own" at <.Nope>');
});

test.for([
  [
    'templates: [a.tmpl]\n',
    '{{ define "x" }}{{ nope }}{{ end }}',
    'a.tmpl:1: function "nope" not defined',
  ],
  ['templates: [a.tmpl]\n', '{{ if }}', 'a.tmpl:1: missing value for if'],
] as const)('a bad file of templates is told with its line: %j', async ([key, text, problem]) => {
  writeFileSync(join(folder, 'a.tmpl'), text);
  const config = configure('- name: team\n', key);
  expect(await run('test', 'team', '--config', config)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(problem),
  });
});

test('names of secret files are relative to the file that holds them', async () => {
  const { url, got } = await listen(200, 'ok');
  mkdirSync(join(folder, 'am'));
  writeFileSync(
    join(folder, 'am/alertmanager.yml'),
    'route: {receiver: team}\nreceivers:\n- name: team\n' +
      '  webhook_configs: [{url_file: secrets/url, payload: {my_file: kept}}]\n',
  );
  mkdirSync(join(folder, 'am/secrets'));
  writeFileSync(join(folder, 'am/secrets/url'), `${url}\n`);
  const config = join(folder, 'telltale.yaml');
  writeFileSync(config, 'collector: {alertmanager_config: am/alertmanager.yml}\n');
  expect(await run('test', 'team', '--config', config)).toMatchObject({ code: 0 });
  expect(got).toEqual([{ my_file: 'kept' }]);
});

test('HTML that cannot be made safe is told where the receiver stands', async () => {
  const config = configure(
    `- name: team\n  email_configs: [{to: a@b.c, from: c@d.e, smarthost: "h:25", html: "<script>{{ .Status }}</script>"}]\n`,
  );
  expect(await run('test', 'team', '--config', config)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/alertmanager\.yml:3:3: .*cannot print a value inside <script>/u),
  });
});
