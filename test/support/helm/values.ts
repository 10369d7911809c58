import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';

import { valuesFile } from '../../../deploy/helm/examples.ts';
import { CHART } from '../../../deploy/helm/places.ts';

export type Values = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As Helm lays values over those of the chart: maps are merged, everything else replaced. */
export function overlay(below: Values, above: Values): Values {
  const merged = Object.entries(above).map(([key, value]) => {
    const former = below[key];
    return [key, isMap(value) && isMap(former) ? overlay(former, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(merged) };
}

export const DEFAULTS: Values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as Values;

export const SCHEMA: Values = JSON.parse(
  readFileSync(join(CHART, 'values.schema.json'), 'utf8'),
) as Values;

const validateValues: ValidateFunction = new Ajv({
  allErrors: true,
  allowUnionTypes: true,
  strictRequired: false,
  strictTypes: false,
}).compile(SCHEMA);

export const featureValues = (feature: string): Values =>
  overlay(DEFAULTS, parse(readFileSync(valuesFile(feature), 'utf8')) as Values);

/** What is wrong with values, as `path message`. */
export function problemsOf(values: Values): readonly string[] {
  if (validateValues(values)) return [];
  return (validateValues.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${instancePath} ${message} ${Object.values(params).join(' ')}`,
  );
}
