import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { TemplateError } from '../../../../collector/src/model/template/error.ts';
import { escapeQuery } from '../../../../collector/src/model/template/functions/escape.ts';
import { queryFunctions } from '../../../../collector/src/model/template/functions/query.ts';
import { REGEX_FUNCTIONS } from '../../../../collector/src/model/template/functions/regex.ts';
import {
  executeTemplate,
  parseTemplate,
} from '../../../../collector/src/model/template/template.ts';
import {
  type GoFunction,
  list,
  type ObjectValue,
  stringMap,
  textOf,
  type Value,
} from '../../../../collector/src/model/template/value.ts';

interface Vector {
  readonly template: string;
  readonly output?: string;
  readonly error?: string;
}

/** What Go 1.26 makes of each template; `vectors.go` beside it is the program that printed it. */
const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../../golden/template/vectors.json', import.meta.url), 'utf8'),
);

function map(typeName: string, record: Readonly<Record<string, Value>>, zero?: Value): Value {
  return { kind: 'map', typeName, entries: new Map(Object.entries(record)), zero };
}

const SAMPLE: ObjectValue = {
  kind: 'object',
  typeName: '*main.sample',
  fields: { Labels: stringMap({ i: '1' }), Value: 2 },
};

const DATA: ObjectValue = {
  kind: 'object',
  typeName:
    'struct { Labels map[string]string; Value float64; List []int; Names []string; Any map[string]interface {}; Text string; Yes bool; Samples []*main.sample; Nested map[string]map[string]string }',
  fields: {
    Labels: stringMap({ a: '1', b: 'two', e: '' }),
    Value: 15.5,
    List: list('[]int', [1n, 2n, 3n]),
    Names: list('[]string', ['x', 'y']),
    Any: map('map[string]interface {}', { k: 1n, f: 1.5, s: 't' }),
    Text: 'héllo <b>',
    Yes: true,
    Samples: list('[]*main.sample', [SAMPLE]),
    Nested: map('map[string]map[string]string', { o: stringMap({ i: 'v' }) }, stringMap({})),
  },
};

const FUNCTIONS = new Map<string, GoFunction>([
  ...Object.entries(REGEX_FUNCTIONS),
  ...Object.entries(queryFunctions(() => [])).filter(([name]) => name === 'args'),
  ['toUpper', { parameters: ['string'], call: ([text]) => textOf(text).toUpperCase() }],
  ['urlQueryEscape', { parameters: ['string'], call: ([text]) => escapeQuery(textOf(text)) }],
  ['half', { parameters: ['float64'], call: ([value]) => Number(value) / 2 }],
  [
    'plus',
    {
      parameters: ['int'],
      call: ([value]) => (typeof value === 'bigint' ? value + 1n : undefined),
    },
  ],
]);

function run(text: string): Omit<Vector, 'template'> {
  try {
    const template = parseTemplate(text, { name: 't', functions: FUNCTIONS });
    return { output: executeTemplate(template, DATA, { functions: FUNCTIONS }) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { error: error.message };
  }
}

test('templates: the file of vectors is not empty', () => {
  expect(VECTORS.length).toBeGreaterThan(150);
});

test.for(VECTORS.map((vector) => [vector.template, vector] as const))(
  'template %j',
  ([, { template, ...expected }]) => {
    expect(run(template)).toEqual(expected);
  },
);
