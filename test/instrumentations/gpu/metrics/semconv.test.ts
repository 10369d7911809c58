import * as semconv from '@opentelemetry/semantic-conventions/incubating';
import { expect, test } from 'vitest';

import { GPU_ATTRIBUTES, GPU_METRICS } from '@telltale/core';

const constants = Object.entries(semconv as Readonly<Record<string, unknown>>);
const namesOf = (prefix: string): ReadonlySet<unknown> =>
  new Set(constants.filter(([key]) => key.startsWith(prefix)).map(([, value]) => value));

/** Of the pages "hardware" and "GPU" of the semantic conventions: unit and instrument. */
const DOCUMENTED: Readonly<Record<string, readonly [unit: string, instrument: string]>> = {
  'hw.energy': ['J', 'counter'],
  'hw.errors': ['{error}', 'counter'],
  'hw.fan.speed': ['rpm', 'gauge'],
  'hw.fan.speed_ratio': ['1', 'gauge'],
  'hw.gpu.io': ['By', 'counter'],
  'hw.gpu.memory.limit': ['By', 'updowncounter'],
  'hw.gpu.memory.usage': ['By', 'updowncounter'],
  'hw.gpu.memory.utilization': ['1', 'gauge'],
  'hw.gpu.utilization': ['1', 'gauge'],
  'hw.power': ['W', 'gauge'],
  'hw.status': ['1', 'updowncounter'],
  'hw.temperature': ['Cel', 'gauge'],
  'hw.temperature.limit': ['Cel', 'gauge'],
};

test('every hw metric is one of the semantic conventions, with their unit and instrument', () => {
  const own = GPU_METRICS.filter(({ name }) => name.startsWith('hw.'));
  const known = namesOf('METRIC_HW_');
  expect(own.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
  expect(
    Object.fromEntries(own.map(({ name, unit, instrument }) => [name, [unit, instrument]])),
  ).toEqual(DOCUMENTED);
});

test('every attribute outside of ml is one of the semantic conventions', () => {
  const known = namesOf('ATTR_');
  const own = GPU_ATTRIBUTES.map(({ name }) => name).filter((name) => !name.startsWith('ml.'));
  expect(own.length).toBeGreaterThan(10);
  expect(own.filter((name) => !known.has(name))).toEqual([]);
});

test('values of closed attributes are those of the semantic conventions', () => {
  for (const name of ['hw.state', 'hw.limit_type', 'hw.gpu.task', 'hw.type']) {
    const prefix = `${name.toUpperCase().replaceAll('.', '_')}_VALUE_`;
    const known = namesOf(prefix);
    const row = GPU_ATTRIBUTES.find((one) => one.name === name);
    expect(row?.values?.filter((value) => !known.has(value))).toEqual([]);
  }
});
