import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ProfileFolder } from '../../../../instrumentations/profiler/src/continuous/profile-folder.ts';
import { pushRequest } from '../../../../instrumentations/profiler/src/continuous/pyroscope.ts';
import {
  cpuShare,
  DUTY_DEFAULT,
  DutyJudge,
} from '../../../../instrumentations/profiler/src/continuous/windows.ts';

test('the default window of each minute costs less than a thousandth of a CPU', () => {
  expect(cpuShare(DUTY_DEFAULT, 10)).toBeCloseTo(0.00055, 5);
});

test('an expensive start skips a window, three in a row end it', () => {
  const judge = new DutyJudge();
  expect([20, 150, 20, 150, 150, 150].map((ms) => judge.judge(ms, DUTY_DEFAULT, 10))).toEqual([
    'record',
    'skip',
    'record',
    'skip',
    'skip',
    'off',
  ]);
  expect(judge.judge(0, { windowMs: 60_000, periodMs: 60_000 }, 1)).toBe('off');
});

test('the newest fifty files are kept, and no others are touched', () => {
  const path = mkdtempSync(join(tmpdir(), 'telltale-profiles-'));
  try {
    writeFileSync(join(path, 'notes.txt'), 'mine');
    const folder = new ProfileFolder(path);
    for (let index = 0; index < 53; index += 1) {
      folder.write(1_700_000_000_000 + index * 1000, new Uint8Array([index]));
    }
    const names = readdirSync(path).sort();
    expect(names).toHaveLength(51);
    expect(names[0]).toBe('notes.txt');
    expect(names[1]).toContain('2023-11-14T22-13-23-000Z');
  } finally {
    rmSync(path, { recursive: true });
  }
});

test('what Pyroscope is sent', async () => {
  const request = pushRequest(
    { address: 'http://127.0.0.1:4040/', token: 'secret', tenant: 'ml' },
    {
      application: 'fraud{1}',
      labels: { region: 'eu,west' },
      startMs: 1_700_000_000_500,
      endMs: 1_700_000_010_500,
      sampleRate: 100,
      profile: Uint8Array.of(1, 2, 3),
    },
  );
  expect(request.url).toBe(
    'http://127.0.0.1:4040/ingest?name=fraud_1_%7Bregion%3Deu_west%7D&from=1700000000&until=1700000011&spyName=nodespy&sampleRate=100',
  );
  expect(request.headers.get('authorization')).toBe('Bearer secret');
  expect(request.headers.get('x-scope-orgid')).toBe('ml');
  const form = await request.formData();
  const file = form.get('profile') as File;
  expect([file.name, new Uint8Array(await file.arrayBuffer())]).toEqual([
    'profile',
    Uint8Array.of(1, 2, 3),
  ]);
});
