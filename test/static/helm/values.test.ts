import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { featureNames, KUBERNETES_VERSION } from '../../../deploy/helm/examples.ts';
import { CHART, ROOT } from '../../../deploy/helm/places.ts';
import {
  documentedValues,
  undocumentedValues,
  valuesTable,
} from '../../../deploy/helm/values-table.ts';
import { BAD_VALUES } from '../../support/helm/bad-values.ts';
import {
  DEFAULTS,
  featureValues,
  isMap,
  overlay,
  problemsOf,
  SCHEMA,
  type Values,
} from '../../support/helm/values.ts';

const VALUES = readFileSync(join(CHART, 'values.yaml'), 'utf8');
const VERSIONS = Object.fromEntries(
  [
    ...readFileSync(join(ROOT, 'deploy/versions.env'), 'utf8').matchAll(
      /^(?<name>\w+)=(?<tag>.*)$/gmu,
    ),
  ].map(({ groups }) => [groups?.['name'], groups?.['tag']]),
);

describe('the schema', () => {
  test('takes the defaults', () => {
    expect(problemsOf(DEFAULTS)).toEqual([]);
  });

  test.for(featureNames())('takes the values of %s', (feature) => {
    expect(problemsOf(featureValues(feature))).toEqual([]);
  });

  test.for(BAD_VALUES)('refuses $what', ({ values, place }) => {
    const problems = problemsOf(overlay(DEFAULTS, values));
    expect(problems.join('\n')).toContain(place);
  });

  test('leaves no map open that lists its keys', () => {
    const open: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (Array.isArray(value)) value.forEach((inner, index) => visit(inner, `${path}[${index}]`));
      if (!isMap(value)) return;
      const lists = isMap(value['properties']) && value['type'] === 'object';
      const isClosed = value['additionalProperties'] === false;
      // What an operator of Telltale writes there is checked by the programs that read it.
      if (lists && !isClosed && !path.endsWith('.config')) open.push(path);
      for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`);
    };
    visit(SCHEMA, '');
    expect(open).toEqual([]);
  });

  test('knows the keys of values.yaml and no others', () => {
    const keys = (value: Values, schema: Values): readonly string[] => {
      const properties = schema['properties'];
      if (!isMap(properties) || schema['additionalProperties'] !== false) return [];
      const own = Object.keys(properties).filter((key) => key !== 'global');
      const different = [...own, ...Object.keys(value)].filter(
        (key) => !(own.includes(key) && key in value),
      );
      return [...different, ...own.flatMap((key) => below(value[key], properties[key]))];
    };
    const below = (value: unknown, schema: unknown): readonly string[] =>
      isMap(value) && isMap(schema) ? keys(value, resolved(schema)) : [];
    const resolved = (schema: Values): Values => {
      const name = /^#\/definitions\/(?<name>\w+)$/u.exec(String(schema['$ref']))?.groups?.['name'];
      const found = name === undefined ? schema : (SCHEMA['definitions'] as Values)[name];
      // Amounts, affinities and the like: everything there may be left out.
      return isMap(found) && found['required'] !== undefined ? found : {};
    };
    expect(keys(DEFAULTS, SCHEMA)).toEqual([]);
  });
});

describe('values.yaml', () => {
  test('says what every value is for', () => {
    expect(undocumentedValues(VALUES)).toEqual([]);
    expect(documentedValues(VALUES).length).toBeGreaterThan(50);
  });

  test('becomes a table', () => {
    const text = 'a:\n  # -- What b is | for.\n  b: {c: 1}\n# -- Nothing.\nd: ""\ne: 2\n';
    expect(valuesTable(text).split('\n').slice(2)).toEqual([
      '| `a.b` | `{"c":1}` | What b is \\| for. |',
      '| `d` | empty | Nothing. |',
    ]);
    expect(undocumentedValues(text)).toEqual(['e']);
  });
});

describe('Chart.yaml', () => {
  const chart = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as Values;

  test('names the image that is built here', () => {
    expect(chart['apiVersion']).toBe('v2');
    expect(chart['appVersion']).toBe(VERSIONS['TELLTALE_TAG']);
    expect(chart['kubeVersion']).toBe(`>=${KUBERNETES_VERSION}.0-0`);
  });

  test('goes with the OTel Collector that was tested', () => {
    const { image } = DEFAULTS['otelCollector'] as { image: Values };
    expect(image['tag']).toBe(VERSIONS['OTELCOL_TAG']);
  });
});
