import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import type { ChildListener } from '../../../../instrumentations/gpu/src/nvidia-smi/child.ts';
import { NvidiaSmiReader } from '../../../../instrumentations/gpu/src/nvidia-smi/reader.ts';
import type { Collection } from '../../../../instrumentations/gpu/src/snapshot/reading.ts';
import { useOwnTemporaryFolder } from '../../../support/own-temporary-folder.ts';

const folder = useOwnTemporaryFolder();
const SECOND = 1e6;

/** Cells by field, of an idle device. */
const CELLS: Readonly<Record<string, string>> = {
  index: '0',
  uuid: 'GPU-1',
  name: 'NVIDIA H200',
  'utilization.gpu': '0',
  'power.draw': '77.71',
  'clocks_event_reasons_counters.sw_power_cap': '200740215',
};

/** A child that a test speaks for. */
interface Started {
  readonly args: readonly string[];
  readonly listener: ChildListener;
  isKilled: boolean;
}

function fakeChild() {
  const started: Started[] = [];
  const reader = new NvidiaSmiReader({
    command: 'nvidia-smi',
    intervalMs: 1_000,
    start: (_command, args, listener) => {
      const child: Started = { args, listener, isKilled: false };
      started.push(child);
      return {
        kill: () => {
          child.isKilled = true;
        },
      };
    },
  });
  const fieldsOf = (child: Started): readonly string[] =>
    (child.args[0] ?? '').replace('--query-gpu=', '').split(',');
  return {
    reader,
    started,
    /** The newest child prints a row. */
    row: (cells: Readonly<Record<string, string>> = {}) => {
      const child = started.at(-1);
      if (child === undefined) throw new Error('no child');
      const values = { ...CELLS, ...cells };
      child.listener.onLine(
        fieldsOf(child)
          .map((field) => values[field] ?? '[N/A]')
          .join(', '),
      );
    },
    fieldsOf,
  };
}

describe('NvidiaSmiReader', () => {
  test('starts one child and tells the newest row of each device', () => {
    const { reader, started, row } = fakeChild();
    expect(reader.read(0)).toMatchObject({ gpus: [], errorType: 'no_line' });
    row();
    row({ index: '1', uuid: 'GPU-2' });
    row({ 'power.draw': '80.5' });
    const { gpus } = reader.read(SECOND);
    expect(gpus.map(({ identity, powerWatts }) => [identity.id, powerWatts])).toEqual([
      ['GPU-1', 80.5],
      ['GPU-2', 77.71],
    ]);
    expect(started).toHaveLength(1);
    expect(started[0]?.args.slice(1)).toEqual(['--format=csv,noheader,nounits', '-lms', '1000']);
  });

  test('has no energy, events, profiling or traffic: absent, never zero', () => {
    const { reader, row } = fakeChild();
    reader.read(0);
    row();
    const [gpu = {}] = reader.read(SECOND).gpus;
    for (const field of ['energyJoules', 'profiling', 'pcieBytes', 'nvlinkBytes', 'processes']) {
      expect(field in gpu).toBe(false);
    }
  });

  test('a child that falls silent is ended, its values vanish, and another is started', () => {
    const { reader, started, row } = fakeChild();
    reader.read(0);
    reader.read(SECOND);
    row();
    expect(reader.read(2 * SECOND).gpus).toHaveLength(1);
    expect(reader.read(5 * SECOND)).toMatchObject({ gpus: [], errorType: 'no_line' });
    expect(started[0]?.isKilled).toBe(true);
    reader.read(6.5 * SECOND);
    expect(started).toHaveLength(2);
    row();
    expect(reader.read(7 * SECOND).gpus).toHaveLength(1);
  });

  test('what an ended child still prints does not count', () => {
    const { reader, started, row } = fakeChild();
    reader.read(0);
    reader.read(31 * SECOND);
    expect(started[0]?.isKilled).toBe(true);
    row();
    started[0]?.listener.onEnd('SIGKILL');
    expect(reader.read(31.5 * SECOND).gpus).toEqual([]);
    expect(started).toHaveLength(1);
  });

  test('a child that ends is started again later and later, ten times in all', () => {
    const { reader, started } = fakeChild();
    const atSeconds: number[] = [];
    let notes: Collection['notes'] = [];
    for (let second = 0; second < 3_600; second += 1) {
      const before = started.length;
      notes = [...notes, ...reader.read(second * SECOND).notes];
      if (started.length > before) {
        atSeconds.push(second);
        started.at(-1)?.listener.onEnd('exit code 1');
      }
    }
    expect(atSeconds).toEqual([0, 1, 3, 7, 15, 31, 63, 127, 255, 511]);
    expect(reader.read(3_601 * SECOND).errorType).toBe('gave_up');
    expect(notes.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  test('a field that an old driver does not know is left out, at once', () => {
    const { reader, started, row, fieldsOf } = fakeChild();
    reader.read(0);
    const refuse = (field: string): void => {
      const child = started.at(-1);
      child?.listener.onLine(`Field "${field}" is not a valid field to query.`);
      child?.listener.onEnd('exit code 2');
    };
    refuse('clocks_event_reasons.active');
    reader.read(1);
    refuse('clocks_event_reasons_counters.sw_power_cap');
    reader.read(2);
    expect(started).toHaveLength(3);
    const fields = fieldsOf(started[2] as Started);
    expect(fields).toContain('clocks_throttle_reasons.active');
    expect(fields).not.toContain('clocks_event_reasons_counters.sw_power_cap');
    row({ 'clocks_throttle_reasons.active': '0x0000000000000004' });
    expect(reader.read(SECOND).gpus[0]?.throttleActive?.sw_power_cap).toBe(true);
  });

  test('rows that are none are counted; counters go on after a reload', () => {
    const { reader, started, row } = fakeChild();
    reader.read(0);
    row();
    started[0]?.listener.onLine('0, GPU-1, what is this');
    expect(reader.read(SECOND).implausible).toBe(1);
    row({ 'clocks_event_reasons_counters.sw_power_cap': '1000000' });
    const [gpu] = reader.read(2 * SECOND).gpus;
    expect(gpu?.throttleSeconds?.sw_power_cap).toBeCloseTo(201.740215, 9);
  });
});

test('a real child is read, holds nothing, and is ended', async () => {
  const command = join(folder, 'nvidia-smi');
  const script = `#!/bin/sh
fields=\${1#--query-gpu=}
row=$(printf '%s' "$fields" | tr ',' '\\n' | sed -e 's/^index$/0/' -e 's/^uuid$/GPU-9/' -e 's/^power.draw$/12.5/' -e 's/^[a-z].*$/[N\\/A]/' | tr '\\n' ',' | sed 's/,$//')
while :; do echo "$row"; sleep 0.05; done
`;
  writeFileSync(command, script);
  chmodSync(command, 0o755);
  const reader = new NvidiaSmiReader({ command, intervalMs: 200 });
  let gpus: Collection['gpus'] = [];
  for (let at = 0; gpus.length === 0 && at < 200; at += 1) {
    gpus = reader.read(at * 50_000).gpus;
    await delay(25);
  }
  expect(gpus).toMatchObject([{ identity: { id: 'GPU-9', name: 'gpu0' }, powerWatts: 12.5 }]);
  reader.close();
});

test('a command that is missing is told of, and nothing throws', async () => {
  const reader = new NvidiaSmiReader({ command: join(folder, 'missing'), intervalMs: 200 });
  let notes: Collection['notes'] = [];
  for (let at = 0; notes.length === 0 && at < 100; at += 1) {
    notes = reader.read(at).notes;
    await delay(5);
  }
  expect(notes[0]?.text).toContain('ENOENT');
  reader.close();
});
