import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { SeededRandom, standardNormal } from '@telltale/statistics';
import {
  type DriftDiagnostic,
  DriftMonitor,
  type DriftOptions,
  loadState,
  saveState,
} from '@telltale/instrumentation-drift';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const keyOf = (name: string) => ({ model: 'm', version: '1', name, direction: 'input' }) as const;

let stateDir = '';
beforeEach(() => {
  stateDir = join(mkdtempSync(join(tmpdir(), 'drift-state-')), 'deep');
});
afterEach(() => rmSync(join(stateDir, '..'), { recursive: true, force: true }));

const file = (): string => join(stateDir, 'drift-state.jsonl');

function watching(options: Partial<DriftOptions> = {}) {
  const clock = { nowMs: 0 };
  const told: DriftDiagnostic[] = [];
  const monitor = new DriftMonitor({
    stateDir,
    now: () => clock.nowMs,
    onDiagnostic: (diagnostic) => told.push(diagnostic),
    ...options,
  });
  return { clock, told, monitor };
}

/** A monitor with streams of several kinds, some of them past their baseline. */
function fed() {
  const random = new SeededRandom(1);
  const { monitor } = watching();
  for (let index = 0; index < 1500; index += 1) {
    const value = standardNormal(random);
    monitor.stream(keyOf('a'), 'numeric').observe(value);
    monitor.stream(keyOf('b'), 'categorical').observe(value > 0);
    monitor.stream(keyOf('c'), 'embedding').observe([value, value * value]);
  }
  return monitor;
}

describe('saveState() and loadState()', () => {
  test('a new process goes on bit by bit', async () => {
    const monitor = fed();
    expect(await saveState(monitor)).toBe(true);
    const { monitor: next, told } = watching();
    expect(loadState(next)).toBe(true);
    expect(next.snapshot()).toEqual(monitor.snapshot());
    for (const one of [monitor, next]) {
      for (let index = 0; index < 500; index += 1) {
        one.stream(keyOf('a'), 'numeric').observe(index % 7);
        one.stream(keyOf('c'), 'embedding').observe([index % 5, 1]);
      }
    }
    expect(next.snapshot()).toEqual(monitor.snapshot());
    expect(told).toEqual([]);
  });

  test('saving again replaces the file, and nothing else is left in the folder', async () => {
    const monitor = fed();
    await Promise.all([saveState(monitor), saveState(monitor)]);
    monitor.stream(keyOf('a'), 'numeric').observe(1);
    await saveState(monitor);
    expect(readdirSync(stateDir)).toEqual(['drift-state.jsonl']);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const { monitor: next } = watching();
    loadState(next);
    expect(next.find(keyOf('a'))?.records).toBe(1501);
  });

  test('without a folder nothing happens', async () => {
    const { monitor } = watching({ stateDir: undefined });
    expect(loadState(monitor)).toBe(false);
    expect(await saveState(monitor)).toBe(false);
  });

  test('no state is no problem', () => {
    const { monitor, told } = watching();
    expect(loadState(monitor)).toBe(false);
    expect(told).toEqual([]);
  });

  test.for<readonly [string, (text: string) => string]>([
    ['another version', (text) => text.replace('ml-drift-snapshot/2', 'ml-drift-snapshot/0')],
    ['cut off', (text) => text.slice(0, -20)],
    ['no JSON', () => 'state'],
    ['empty', () => ''],
    ['null', () => 'null\n'],
    ['a stream that does not fit', (text) => text.replaceAll('"random":[', '"random":"')],
    ['a baseline that was changed', (text) => text.replace('\\"thin\\":1', '\\"thin\\":2')],
  ])('%s: ignored with one diagnostic', async ([, damage]) => {
    await saveState(fed());
    const text = readFileSync(file(), 'utf8');
    const damaged = damage(text);
    expect(damaged).not.toBe(text);
    writeFileSync(file(), damaged);
    const { monitor, told } = watching();
    expect([loadState(monitor), loadState(monitor)]).toEqual([false, false]);
    expect([...monitor.streams()]).toEqual([]);
    expect(told.map(({ code }) => code)).toEqual(['state_ignored']);
    expect(told[0]?.message).toMatch(/^Cannot use the state of drift in .*; streams learn again$/u);
  });

  test('another window: ignored with one diagnostic', async () => {
    await saveState(fed());
    const { monitor, told } = watching({ window: 500 });
    expect(loadState(monitor)).toBe(false);
    expect(told.map(({ code }) => code)).toEqual(['state_ignored']);
  });

  test('a folder that cannot be written is told once', async () => {
    writeFileSync(join(stateDir, '..', 'taken'), '');
    const { monitor, told } = watching({ stateDir: join(stateDir, '..', 'taken') });
    monitor.stream(keyOf('a'), 'numeric').observe(1);
    expect([await saveState(monitor), await saveState(monitor)]).toEqual([false, false]);
    expect(told.map(({ code }) => code)).toEqual(['state_failed']);
  });
});

describe('streams that were idle when others needed room', () => {
  const idle = (options: Partial<DriftOptions> = {}) => {
    const watched = watching({ streamsMax: 1, ...options });
    const { clock, monitor } = watched;
    const random = new SeededRandom(2);
    for (let index = 0; index < 1500; index += 1) {
      monitor.stream(keyOf('a'), 'numeric').observe(standardNormal(random));
    }
    const before = monitor.find(keyOf('a'))?.snapshot();
    monitor.stream(keyOf('b'), 'numeric');
    clock.nowMs += HOUR_MS + 1;
    monitor.stream(keyOf('b'), 'numeric').observe(1);
    return { ...watched, before };
  };
  const names = (monitor: DriftMonitor): readonly string[] =>
    [...monitor.streams()].map(({ key }) => key.name);

  test('are put away, and come back as they were', () => {
    const { clock, monitor, before } = idle();
    expect(names(monitor)).toEqual(['_OTHER', 'b']);
    expect(readdirSync(stateDir)).toHaveLength(1);
    clock.nowMs += MINUTE_MS;
    monitor.stream(keyOf('a'), 'numeric');
    clock.nowMs += HOUR_MS + 1;
    monitor.stream(keyOf('a'), 'numeric');
    expect(names(monitor)).toEqual(['_OTHER', 'a']);
    expect(monitor.find(keyOf('a'))?.snapshot()).toEqual(before);
  });

  test('stay where they are when they cannot be put away', () => {
    writeFileSync(join(stateDir, '..', 'taken'), '');
    const { monitor } = idle({ stateDir: join(stateDir, '..', 'taken') });
    expect(names(monitor)).toEqual(['a', '_OTHER']);
  });

  test('learn again when their file is damaged', () => {
    const { clock, monitor } = idle();
    const [name = ''] = readdirSync(stateDir);
    writeFileSync(
      join(stateDir, name),
      '{"schema":"ml-drift-snapshot/2","window":1000,"stream":{}}',
    );
    clock.nowMs += MINUTE_MS;
    monitor.stream(keyOf('a'), 'numeric');
    clock.nowMs += HOUR_MS + 1;
    monitor.stream(keyOf('a'), 'numeric').observe(5);
    expect(names(monitor)).toEqual(['_OTHER', 'a']);
    expect(monitor.find(keyOf('a'))?.records).toBe(1);
    expect(monitor.failures).toBe(0);
  });
});
