import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { FIELDS, withoutUnknown } from '../../../../instrumentations/gpu/src/nvidia-smi/fields.ts';
import { parseRow } from '../../../../instrumentations/gpu/src/nvidia-smi/parse-row.ts';

const MIB = 1024 * 1024;

/** An H200 under load, in the order of the fields. */
const LOAD =
  '0, GPU-00000000-0000-0000-0000-000000000000, NVIDIA H200, 590.48.01, 00000000:83:00.0, 100, 7, 0, 0, 143771, 32362, 110796, 614, 627.40, 700.00, 52, 40, [N/A], 1980, 3201, P0, 0x0000000000000000, 204642816, 0, 0, 0, 0, 0, 0, Disabled, 0000000000000, 96.00.A5.00.03';

const IDENTITY = {
  id: 'GPU-00000000-0000-0000-0000-000000000000',
  name: 'gpu0',
  vendor: 'NVIDIA',
  index: 0,
  model: 'NVIDIA H200',
  driverVersion: '590.48.01',
  busId: '00000000:83:00.0',
  serial: '0000000000000',
  firmwareVersion: '96.00.A5.00.03',
};

test('parseRow() reads a device under load', () => {
  expect(parseRow(LOAD, FIELDS)).toEqual({
    identity: IDENTITY,
    state: 'ok',
    utilization: { general: 1, encoder: 0, decoder: 0 },
    throttleActive: {
      sw_power_cap: false,
      sync_boost: false,
      sw_thermal: false,
      hw_thermal: false,
      hw_power_brake: false,
      hw_slowdown: false,
    },
    controllerUtilization: 0.07,
    powerWatts: 627.4,
    powerLimitWatts: 700,
    performanceState: 0,
    memory: { limitBytes: 143_771 * MIB, usedBytes: 32_362 * MIB, reservedBytes: 614 * MIB },
    temperatures: { gpu: 52, memory: 40 },
    clocksHz: { sm: 1.98e9, memory: 3.201e9 },
    throttleSeconds: {
      sw_power_cap: 204.642816,
      sync_boost: 0,
      sw_thermal: 0,
      hw_thermal: 0,
      hw_power_brake: 0,
    },
    errors: { corrected: 0, uncorrected: 0 },
  });
});

test('values that a divided device does not have are absent', () => {
  const cells = LOAD.split(', ');
  for (const place of [5, 6, 7, 8]) cells[place] = '[N/A]';
  const reading = parseRow(cells.join(', '), FIELDS);
  expect(reading).toBeDefined();
  expect(reading !== undefined && 'utilization' in reading).toBe(false);
  expect(reading !== undefined && 'controllerUtilization' in reading).toBe(false);
});

test.for([
  '',
  'N/A',
  '[N/A]',
  '[Not Supported]',
  '[Insufficient Permissions]',
  '[Function Not Found]',
  '[Requested functionality has been deprecated]',
  'something new',
])('"%s" is no number', (token) => {
  const cells = LOAD.split(', ');
  cells[13] = token;
  const reading = parseRow(cells.join(', '), FIELDS);
  expect(reading?.identity).toEqual(IDENTITY);
  expect(reading !== undefined && 'powerWatts' in reading).toBe(false);
  expect(reading?.state).toBe('ok');
});

test.for(['[Unknown Error]', '[GPU requires reset]', 'ERR!'])(
  '"%s" is a failed reading',
  (token) => {
    const cells = LOAD.split(', ');
    cells[13] = token;
    expect(parseRow(cells.join(', '), FIELDS)?.state).toBe('failed');
  },
);

test('a row with another number of columns is none', () => {
  expect(parseRow(`${LOAD}, 1`, FIELDS)).toBe(undefined);
  expect(parseRow('0, GPU-1', FIELDS)).toBe(undefined);
  expect(parseRow('No devices were found', FIELDS)).toBe(undefined);
});

test('parseRow() never throws and never invents a number', () => {
  const cell = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('1', '-3', '[N/A]', '0x1'));
  fc.assert(
    fc.property(fc.array(cell, { minLength: FIELDS.length, maxLength: FIELDS.length }), (cells) => {
      const row = [...cells];
      row[0] = '0';
      row[1] = 'GPU-x';
      const reading = parseRow(row.join(','), FIELDS);
      // A comma in a cell changes the columns.
      if (reading === undefined) return row.some((one) => one.includes(','));
      const power = Number(row[13]?.trim());
      return reading.powerWatts === undefined || reading.powerWatts === power;
    }),
  );
});

test('withoutUnknown() takes an older name, else leaves the field out', () => {
  const active = 'Field "clocks_event_reasons.active" is not a valid field to query.';
  const older = withoutUnknown(FIELDS, active);
  expect(older).toContain('clocks_throttle_reasons.active');
  expect(older).toHaveLength(FIELDS.length);
  const counter = 'Field "clocks_event_reasons_counters.sync_boost" is not a valid field to query.';
  expect(withoutUnknown(FIELDS, counter)).toHaveLength(FIELDS.length - 1);
  expect(withoutUnknown(FIELDS, 'Field "x" is not a valid field to query.')).toBe(undefined);
  expect(withoutUnknown(FIELDS, LOAD)).toBe(undefined);
});

const CAPTURES = join(
  process.env['TELLTALE_FIXTURES_DIR'] ??
    join(import.meta.dirname, '../../../../../shared/fixtures'),
  'nvidia-smi',
);
if (!existsSync(CAPTURES)) {
  process.stderr.write('SKIPPED: 4 tests of real nvidia-smi output, as its captures are absent\n');
}

/** The row of a section of a capture, in the order of our fields and without units. */
function capturedRow(file: string, section: string): { row: string; cells: Map<string, string> } {
  const lines = readFileSync(join(CAPTURES, file), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith(`# ${section} :: query-gpu (csv`));
  const [names = '', values = ''] = lines.slice(start + 3, start + 5);
  const split = values.split(', ');
  const cells = new Map(
    names.split(', ').map((name, index) => {
      const bare = (split[index] ?? '').replace(/^(-?[\d.]+) (?:MiB|W|%|MHz|us|ms)$/u, '$1');
      return [name.replace(/ \[.*\]$/u, ''), bare] as const;
    }),
  );
  const alias: Readonly<Record<string, string>> = {
    'clocks.sm': 'clocks.current.sm',
    'clocks.mem': 'clocks.current.memory',
  };
  const row = FIELDS.map((field) => cells.get(alias[field] ?? field) ?? 'MISSING').join(', ');
  return { row, cells };
}

test.skipIf(!existsSync(CAPTURES)).for([
  { file: 'h200.txt', section: 'idle', power: 77.71, busy: 0 },
  { file: 'h200.txt', section: 'load', power: 627.4, busy: 1 },
  { file: 'h200-mig.txt', section: 'idle', power: undefined, busy: undefined },
  { file: 'h200-mig.txt', section: 'load', power: 295.01, busy: undefined },
])('$file, $section', ({ file, section, power, busy }) => {
  const { row, cells } = capturedRow(file, section);
  expect(row).not.toContain('MISSING');
  const reading = parseRow(row, FIELDS);
  expect(reading?.identity.model).toBe('NVIDIA H200');
  expect(reading?.utilization?.general).toBe(busy);
  expect(reading?.powerWatts).toBe(power ?? Number(cells.get('power.draw')));
  expect(reading?.memory?.limitBytes).toBe(143_771 * MIB);
  expect(reading?.state).toBe('ok');
});
