import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';

import { ATTR_TELLTALE_EVENT_TYPE, EVENTS } from '@telltale/core';

import { DEFINITION_2 } from '../support/stack/registry-schema.ts';
import { ROOT } from '../support/tidy/source-file.ts';

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(DEFINITION_2);
const FILES = globSync('telemetry/registry/*.yaml', { cwd: ROOT })
  .filter((path) => !path.endsWith('manifest.yaml'))
  .toSorted();

const faultsOf = (value: unknown): readonly string[] => {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

test('there is a registry', () => {
  expect(FILES.length).toBeGreaterThan(10);
});

test.for(FILES)('%s is in the format definition/2', (path) => {
  expect(faultsOf(parse(readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
});

test('every event carries its type', () => {
  const without = EVENTS.filter(
    ({ attributes }) => !attributes.some(({ name }) => name === ATTR_TELLTALE_EVENT_TYPE.name),
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

describe('planted faults are found', () => {
  const application = readFileSync(join(ROOT, 'telemetry/registry/application.yaml'), 'utf8');

  test.for([
    ['an older format', 'definition/2', 'definition/1'],
    ['a type that there is not', 'type: double', 'type: float'],
    ['an instrument that there is not', 'instrument: gauge', 'instrument: meter'],
    ['a stability that there is not', 'stability: development', 'stability: soon'],
    ['a key that there is not', 'brief:', 'breif:'],
  ])('%s', ([, from = '', to = '']) => {
    const planted = application.replace(from, to);
    expect(planted).not.toBe(application);
    expect(faultsOf(parse(planted))).not.toEqual([]);
  });

  test('the untouched file, written again, has none', () => {
    expect(faultsOf(parse(stringify(parse(application))))).toEqual([]);
  });
});
