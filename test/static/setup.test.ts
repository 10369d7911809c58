import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { HEALTHY, SetupSandbox } from '../support/stack/setup-sandbox.ts';

let sandbox: SetupSandbox;
beforeEach(() => {
  sandbox = new SetupSandbox();
});
afterEach(() => sandbox.remove());

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('where an engine answers', () => {
  beforeEach(() => sandbox.installDocker());

  test('writes secrets, starts Compose, waits and prints the addresses', () => {
    const { status, stdout, stderr } = sandbox.run();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('setup: the stack is healthy (docker)');
    expect(stdout).toContain('http://127.0.0.1:3000');
    const key = join(sandbox.secrets, 'telltale_api_key');
    expect(modeOf(sandbox.secrets)).toBe('700');
    expect(modeOf(key)).toBe('444');
    expect(sandbox.read('.telltale/secrets/telltale_api_key')).toMatch(/^[0-9a-f]{48}$/u);
    expect(sandbox.read('.telltale/secrets/grafana_admin_password')).toMatch(/^[0-9a-f]{48}$/u);
    expect(stdout).not.toContain(sandbox.read('.telltale/secrets/telltale_api_key'));
  });

  test('run twice: keeps the secrets and brings the stack up to date', () => {
    sandbox.run();
    const key = sandbox.read('.telltale/secrets/telltale_api_key');
    // Its own containers listen there now.
    sandbox.write('listening', 'LISTEN 0 5 127.0.0.1:9090 0.0.0.0:*\n');
    const { status, stdout } = sandbox.run();
    expect(status).toBe(0);
    expect(stdout).toContain('the stack is there already');
    expect(sandbox.read('.telltale/secrets/telltale_api_key')).toBe(key);
  });

  test('--status and --down', () => {
    expect(sandbox.run('--status')).toMatchObject({
      status: 1,
      stderr: 'setup: nothing runs: ./setup starts it\n',
    });
    expect(sandbox.run('--down').stdout).toBe('setup: nothing runs\n');
    sandbox.run();
    expect(sandbox.run('--status')).toMatchObject({ status: 0, stderr: '' });
    expect(sandbox.run('--down').stdout).toBe('setup: stopped; data are kept\n');
    expect(sandbox.run('--status').status).toBe(1);
  });

  test('a half-started stack: says so and starts the rest', () => {
    sandbox.write('state', 'grafana exited \ntelltale-collector running healthy\n');
    const { status, stdout } = sandbox.run();
    expect(status).toBe(0);
    expect(stdout).toContain('setup: a half-started stack is there: starting the rest');
    expect(sandbox.read('state')).toBe(HEALTHY);
  });

  test('a port that is taken: one line, nothing started, no secrets', () => {
    sandbox.write('listening', 'LISTEN 0 5 0.0.0.0:9090 0.0.0.0:*\n');
    const { status, stderr } = sandbox.run();
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        'setup: port 9090 of 127.0.0.1 is taken: stop what listens there (ss -ltnp shows it)\n',
    });
    expect(sandbox.read('calls')).not.toContain(' up ');
    expect(existsSync(sandbox.secrets)).toBe(false);
  });

  test('a port of another address is none of ours', () => {
    sandbox.write(
      'listening',
      'LISTEN 0 5 127.0.0.2:9090 0.0.0.0:*\nLISTEN 0 5 127.0.0.1:90901 x\n',
    );
    expect(sandbox.run().status).toBe(0);
  });

  test.for([
    [
      '1.29.2',
      'Compose 1.29.2 of docker is too old: 2.20 or later is needed; or run ./setup --local',
    ],
    [
      'v2.3.0',
      'Compose 2.3.0 of docker is too old: 2.20 or later is needed; or run ./setup --local',
    ],
  ])('an old Docker (%s)', ([version = '', line]) => {
    sandbox.write('version', version);
    expect(sandbox.run()).toMatchObject({ status: 1, stderr: `setup: ${line}\n` });
    expect(existsSync(join(sandbox.root, '.telltale'))).toBe(false);
  });

  test('starting fails: the reason, and what was started is gone', () => {
    sandbox.write('up-fails');
    sandbox.write('up-says', 'pulling\nError: manifest for prom/prometheus:v9 not found\n');
    const { status, stderr } = sandbox.run();
    expect(status).toBe(1);
    expect(stderr).toBe(
      'setup: docker compose up failed: Error: manifest for prom/prometheus:v9 not found (all of it: ROOT/.telltale/setup.log)\n',
    );
    expect(sandbox.read('state')).toBe('');
  });

  test.for([
    [
      'a service',
      (box: SetupSandbox) => box.write('after-up', 'grafana running unhealthy\n'),
      'grafana',
    ],
    ['the OTel Collector', (box: SetupSandbox) => box.write('otelcol-down'), 'otel-collector'],
  ] as const)('%s stays unhealthy: named, and nothing is left running', ([, spoil, name]) => {
    spoil(sandbox);
    expect(sandbox.run()).toMatchObject({
      status: 1,
      stderr: `setup: not healthy after 1 s: ${name} (logs: docker compose logs)\n`,
    });
    expect(sandbox.read('state')).toBe('');
  });

  describe('secrets', () => {
    const plant = (mode: number, text = 'a-key'): void => {
      mkdirSync(sandbox.secrets, { recursive: true, mode: 0o700 });
      writeFileSync(join(sandbox.secrets, 'telltale_api_key'), text);
      chmodSync(join(sandbox.secrets, 'telltale_api_key'), mode);
    };

    test.for([
      [0o666, '666'],
      [0o640, '640'],
    ] as const)('with mode %o are refused', ([mode, shown]) => {
      plant(mode);
      const file = 'ROOT/.telltale/secrets/telltale_api_key';
      expect(sandbox.run()).toMatchObject({
        status: 1,
        stderr: `setup: ${file} has mode ${shown}, expected 444: chmod 444 ${file}\n`,
      });
      expect(sandbox.read('calls')).not.toContain(' up ');
    });

    test('that are empty are refused', () => {
      plant(0o444, '');
      expect(sandbox.run().stderr).toBe(
        'setup: ROOT/.telltale/secrets/telltale_api_key is empty: delete it, and it is written again\n',
      );
    });

    test('in a folder that others can enter are refused', () => {
      plant(0o444);
      chmodSync(sandbox.secrets, 0o755);
      expect(sandbox.run().stderr).toBe(
        'setup: others can look into ROOT/.telltale/secrets (mode 755): chmod 700 ROOT/.telltale/secrets\n',
      );
    });

    test('of the user are kept', () => {
      plant(0o444, 'my-own-key');
      expect(sandbox.run().status).toBe(0);
      expect(sandbox.read('.telltale/secrets/telltale_api_key')).toBe('my-own-key');
    });
  });
});

describe('where no engine answers', () => {
  test('says what is there, and what is missing', () => {
    sandbox.installDocker();
    sandbox.write('no-engine');
    expect(sandbox.run()).toMatchObject({
      status: 1,
      stdout: 'setup: docker is installed, but its engine does not answer\n',
      stderr:
        'setup: no engine for containers answers and node is missing: install Docker, or Node.js 22.18\n',
    });
  });

  test('a Docker without Compose', () => {
    sandbox.installDocker();
    sandbox.write('no-compose');
    expect(sandbox.run().stdout).toBe(
      'setup: docker has no compose command (Compose 2.20 or later would be needed)\n',
    );
  });

  test('an old Node', () => {
    sandbox.install('node', 'echo v20.11.0');
    expect(sandbox.run().stderr).toBe('setup: node 20.11.0 is too old: 22.18 or later is needed\n');
  });

  test('no packages, then no Go', () => {
    sandbox.install('node', 'echo v24.21.0');
    expect(sandbox.run().stderr).toBe('setup: the packages are missing: run npm install first\n');
    mkdirSync(join(sandbox.root, 'node_modules'));
    expect(sandbox.run().stderr).toBe(
      'setup: no engine for containers answers, and the programs are not built: install Docker, or Go 1.26\n',
    );
  });

  describe('with Node and Go', () => {
    beforeEach(() => {
      mkdirSync(join(sandbox.root, 'node_modules'));
      mkdirSync(join(sandbox.root, 'deploy/local'), { recursive: true });
      for (const script of ['build', 'jaeger']) sandbox.write(`tools/${script}.sh`, 'exit 0\n');
      sandbox.install('go', 'exit 0');
      sandbox.install('npm', 'exit 0');
      // What it is told to run stands in for Node: a script that says what the stack says.
      sandbox.write(
        'deploy/local/main.ts',
        'echo "OTLP            http://127.9.0.11:4318"\necho "Logs            x"\nwhile sleep 1; do :; done\n',
      );
      sandbox.install('node', '[ "$1" = --version ] && { echo v24.21.0; exit; }\nexec sh "$2"');
    });
    afterEach(() => sandbox.run('--down'));

    test('starts, is there once only, and stops', () => {
      const first = sandbox.run();
      expect(first).toMatchObject({ status: 0, stderr: '' });
      expect(first.stdout).toContain('the stack is healthy (local programs, process');
      expect(first.stdout).toContain('OTLP            http://127.9.0.11:4318');
      expect(sandbox.run().stdout).toContain('setup: the stack runs already');
      expect(sandbox.run('--status').status).toBe(0);
      expect(sandbox.run('--down').stdout).toContain('setup: stopped; data are kept');
      expect(sandbox.read('.telltale/setup.pid')).toBe('');
      expect(sandbox.run('--status').status).toBe(1);
    });

    test('half of it is gone: says which, and starts it again', () => {
      const first = sandbox.run();
      const pid = sandbox.read('.telltale/setup.pid').trim();
      sandbox.write('otelcol-down');
      expect(sandbox.run('--status')).toMatchObject({
        status: 1,
        stderr: `setup: runs as local programs (process ${pid}), not healthy: OTLP\n`,
      });
      const again = sandbox.run();
      expect(again.stdout).toContain(
        'setup: a half-started stack is there (no answer: OTLP): starting it again\n',
      );
      expect(again).toMatchObject({ status: first.status, stderr: '' });
      expect(sandbox.read('.telltale/setup.pid').trim()).not.toBe(pid);
    });

    test('says why it ended', () => {
      sandbox.write(
        'deploy/local/main.ts',
        'echo "Cannot start prometheus: 127.9.0.12:9090 is taken"\nexit 1\n',
      );
      expect(sandbox.run()).toMatchObject({
        status: 1,
        stderr: 'setup: Cannot start prometheus: 127.9.0.12:9090 is taken\n',
      });
      expect(sandbox.read('.telltale/setup.pid')).toBe('');
    });

    test('a process id of another program is not ours', () => {
      sandbox.run();
      sandbox.run('--down');
      sandbox.write('.telltale/setup.pid', `${process.pid}\n`);
      expect(sandbox.run('--status').status).toBe(1);
      expect(sandbox.read('.telltale/setup.pid')).toBe('');
    });
  });
});

test.for([
  [['--up'], 'unknown option --up: known are --local, --status, --down, --help'],
  [['--down', 'now'], 'one option at most, current value is --down now; see ./setup --help'],
] as const)('%j', ([args, line]) => {
  expect(sandbox.run(...args)).toMatchObject({ status: 1, stderr: `setup: ${line}\n` });
});

test('--help says what it does', () => {
  expect(sandbox.run('--help').stdout).toContain('./setup --down');
});
