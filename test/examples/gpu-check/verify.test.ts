import { execFile } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import type { Finding } from '../../../examples/gpu-check/checks/finding.ts';
import { deviceLines } from '../../../examples/gpu-check/stub/devices.ts';
import { canCompile, useStubs } from '../../support/gpu/stub-reader.ts';
import { useOwnTemporaryFolder } from '../../support/own-temporary-folder.ts';

const folder = useOwnTemporaryFolder();
const stubOf = useStubs();
const VERIFY = join(import.meta.dirname, '../../../examples/gpu-check/verify.ts');

interface Report {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function verify(args: readonly string[]): Promise<Report> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--conditions=@telltale/source', VERIFY, ...args],
      { env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` } },
      (_error, stdout, stderr) => resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** What `nvidia-smi` shows; the power is twice that of the stand-in. */
const CELLS: Readonly<Record<string, string>> = {
  index: '0',
  uuid: 'GPU-00000000-0000-0000-0000-000000000000',
  name: 'NVIDIA H200',
  'memory.total': '143771',
  'memory.used': '32363',
  'temperature.gpu': '53',
  'power.draw': '1254.8',
  'clocks_event_reasons_counters.sw_power_cap': '2000000',
};

function writeNvidiaSmi(): void {
  const cases = Object.entries(CELLS).map(([field, value]) => `${field}) v="${value}" ;;`);
  const script = `#!/bin/sh
row=""
for field in $(printf '%s' "\${1#--query-gpu=}" | tr ',' ' '); do
  case $field in ${cases.join(' ')} *) v="[N/A]" ;; esac
  row="$row, $v"
done
case "$*" in
  *-lms*) while :; do echo "\${row#, }" || exit; sleep 0.2; done ;;
  *) echo "\${row#, }" ;;
esac
`;
  writeFileSync(join(folder, 'nvidia-smi'), script);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
}

describe.skipIf(!canCompile)('gpu:verify', () => {
  test('finds what differs, and only that', { timeout: 60_000 }, async () => {
    writeNvidiaSmi();
    const { library } = stubOf(deviceLines(0));
    const { code, stdout } = await verify(['--library', library]);
    const lines = stdout.trim().split('\n');
    const report = JSON.parse(lines.at(-1) ?? '{}') as { readonly findings: readonly Finding[] };
    const differing = report.findings.filter(({ result }) => result === 'differs');
    expect(differing).toEqual([
      {
        check: 'values',
        subject: 'gpu0 powerWatts',
        result: 'differs',
        detail: 'nvml 627.4, nvidia-smi 1254.8',
      },
    ]);
    expect(code).toBe(1);
    expect(new Set(report.findings.map(({ check }) => check))).toEqual(
      new Set([
        'values',
        'latency',
        'support',
        'permissions',
        'wrap',
        'events',
        'unit',
        'refresh',
        'pipe',
        'truth',
      ]),
    );
    expect(lines[0]).toMatch(/^CHECK +SUBJECT +RESULT +DETAIL$/u);
  });

  test('without a GPU it says so and exits 3', async () => {
    const { code, stderr, stdout } = await verify(['--library', join(folder, 'missing.so')]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^No NVIDIA GPU can be checked on this machine: .+\n$/u);
  });
});
