import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { referenceBinary } from '../support/reference-binaries.ts';

const TOOLS = join(import.meta.dirname, '../../tools');
/** What the script calls besides Go. */
const COMMANDS = [
  'sh',
  'cat',
  'cut',
  'sha256sum',
  'shasum',
  'dirname',
  'mkdir',
  'date',
  'env',
  'ln',
  'mv',
  'rm',
  'tail',
];

describe('tools/build.sh', () => {
  const root = mkdtempSync(join(tmpdir(), 'telltale-tools-'));
  const bin = join(root, 'path');

  const build = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
    const script = join(root, 'tools/build.sh');
    const env = { PATH: bin, HOME: root };
    const { status, stdout, stderr } = spawnSync('sh', [script, ...args], {
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  const installGo = (script: string): void => {
    writeFileSync(join(bin, 'go'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, 'go'), 0o755);
  };

  beforeAll(() => {
    cpSync(TOOLS, join(root, 'tools'), { recursive: true });
    mkdirSync(bin);
    for (const command of COMMANDS) {
      const found = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' });
      if (found.status === 0) symlinkSync(found.stdout.trim(), join(bin, command));
    }
  });

  afterAll(() => rmSync(root, { recursive: true }));

  test('says loudly that it builds nothing without Go, and succeeds', () => {
    const { status, stderr } = build();
    expect(status).toBe(0);
    expect(stderr).toContain('tools: SKIPPED: Go is not installed');
    expect(stderr).toContain('prometheus promtool alertmanager amtool otelcol');
  });

  test('fails when Go cannot build, and says what and why', () => {
    installGo('[ "$1" = env ] && exit 0; echo "module not found" >&2; exit 1');
    const { status, stderr } = build();
    rmSync(join(bin, 'go'));
    expect(status).toBe(1);
    expect(stderr).toContain('module not found');
    expect(stderr).toContain('tools: FAILED: cannot build prometheus');
  });

  test('moves what Go builds into place, once', () => {
    // Pretends to build: writes the file named behind -o, or one named like the package's folder.
    installGo(`
      [ "$1" = env ] && exit 0
      out=''; last=''
      for word in "$@"; do [ "$last" = -o ] && out=$word; last=$word; done
      if [ -z "$out" ]; then name=\${last##*/}; out="$GOBIN/\${name%%@*}"; fi
      printf '#!/bin/sh\\nmkdir -p _build && : > _build/otelcol-telltale && exit 0\\n' > "$out"
      ${join(bin, 'chmod')} +x "$out"`);
    symlinkSync(
      execFileSync('sh', ['-c', 'command -v chmod'], { encoding: 'utf8' }).trim(),
      join(bin, 'chmod'),
    );
    const first = build();
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toContain('otelcol is built');
    const folder = build('--directory').stdout.trim();
    for (const program of ['prometheus', 'promtool', 'alertmanager', 'amtool', 'otelcol']) {
      chmodSync(join(folder, program), 0o755);
    }
    rmSync(join(bin, 'go'));
    expect(build().stdout).toContain('all reference programs are built');
  });
});

describe('tools/kubernetes.sh', () => {
  const root = mkdtempSync(join(tmpdir(), 'telltale-tools-'));
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync(
      'sh',
      [join(root, 'tools/kubernetes.sh'), ...args],
      // Without Go, wherever this machine has it.
      { env: { PATH: '/usr/bin:/bin', HOME: root }, encoding: 'utf8' },
    );
    return { status, stdout, stderr };
  };

  beforeAll(() => cpSync(TOOLS, join(root, 'tools'), { recursive: true }));
  afterAll(() => rmSync(root, { recursive: true }));

  test('says where its programs go, and builds nothing', () => {
    expect(run('--path', 'helm')).toMatchObject({
      status: 0,
      stdout: `${root}/.cache/tools/helm-4.2.4/helm\n`,
    });
  });

  test('knows no other program', () => {
    expect(run('--path', 'kind')).toMatchObject({
      status: 1,
      stderr: 'tools: nothing called "kind" here: use helm, kubectl-validate or crds\n',
    });
  });

  test.skipIf(spawnSync('sh', ['-c', 'PATH=/usr/bin:/bin command -v go']).status === 0)(
    'says loudly what it cannot build without Go, and succeeds',
    () => {
      expect(run()).toMatchObject({
        status: 0,
        stderr:
          'tools: SKIPPED: Go is not installed, so helm kubectl-validate crds cannot be built\n',
      });
    },
  );
});

describe.skipIf(referenceBinary('prometheus') === undefined)('the built programs', () => {
  test.for([
    ['prometheus', 'version 3.14.0'],
    ['promtool', 'version 3.14.0'],
    ['alertmanager', 'version 0.31.1'],
    ['amtool', 'version 0.34.0'],
    ['otelcol', 'version 0.158.0'],
  ] as const)('%s says %s', ([program, version]) => {
    const { stdout, stderr } = spawnSync(referenceBinary(program) ?? '', ['--version'], {
      encoding: 'utf8',
    });
    expect(stdout + stderr).toContain(version);
  });
});
