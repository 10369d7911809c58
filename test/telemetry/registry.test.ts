import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { constantFiles } from '../../telemetry/generate/constants.ts';
import { readRegistry } from '../../telemetry/generate/read-registry.ts';
import { GENERATED_FOLDER, loadRegistry } from '../../telemetry/generate/registry-folder.ts';

const MANIFEST = { name: 'manifest.yaml', text: 'schema_url: https://example.test/1.0.0\n' };
const read = (body: string) =>
  readRegistry(MANIFEST, [{ name: 'a.yaml', text: `file_format: definition/2\n${body}` }]);

const ATTRIBUTE = `attributes:
  - key: ml.size
    type: int
    brief: A size
    stability: development
`;

describe('committed constants', () => {
  const files = Object.entries(constantFiles(loadRegistry()));

  test.for(files)('%s is what the registry says (npm run docs)', ([name, text]) => {
    expect(readFileSync(join(GENERATED_FOLDER, name), 'utf8')).toBe(text);
  });
});

test('an entry of each kind, its group expanded', () => {
  const registry = read(`${ATTRIBUTE}
  - key: ml.state
    type:
      members:
        - { id: up, value: up, stability: stable }
        - { id: down, value: down, stability: development }
    brief: "Up: or down"
    stability: stable
attribute_groups:
  - id: ml.both
    visibility: internal
    attributes:
      - ref: ml.size
      - ref: ml.state
metrics:
  - name: ml.wait
    instrument: histogram
    unit: s
    brief: A wait
    stability: development
    attributes:
      - ref_group: ml.both
    annotations:
      observable: true
      buckets: [0.5, 1]
spans:
  - type: ml.load
    kind: internal
    name: { note: 'load {ml.size}' }
    brief: a load
    stability: development
events:
  - name: ml.late
    brief: it's late
    stability: development
    attributes:
      - ref: ml.state
    annotations:
      type: ALERT
      severity: 13
`);
  expect(registry).toEqual({
    schemaUrl: 'https://example.test/1.0.0',
    domains: [
      {
        name: 'a',
        attributes: [
          { key: 'ml.size', type: 'int', brief: 'A size', stability: 'development' },
          {
            key: 'ml.state',
            type: 'string',
            values: ['up', 'down'],
            brief: 'Up: or down',
            stability: 'stable',
          },
        ],
        metrics: [
          {
            name: 'ml.wait',
            instrument: 'histogram',
            unit: 's',
            brief: 'A wait',
            stability: 'development',
            isObservable: true,
            attributes: ['ml.size', 'ml.state'],
            buckets: [0.5, 1],
          },
        ],
        spans: [
          {
            type: 'ml.load',
            name: 'load {ml.size}',
            brief: 'a load',
            stability: 'development',
            attributes: [],
          },
        ],
        events: [
          {
            name: 'ml.late',
            eventType: 'ALERT',
            severity: 13,
            brief: "it's late",
            stability: 'development',
            attributes: ['ml.state'],
          },
        ],
      },
    ],
  });
  expect(constantFiles(registry)['events.ts']).toContain(
    "export const EVENT_LATE: EventRow = { name: 'ml.late', type: 'ALERT', severityNumber: 13, when: 'it\\'s late', attributes: [ATTR_STATE], stability: 'development' };",
  );
});

test.for([
  ['- a', 'a.yaml'],
  [`${ATTRIBUTE}    colour: red\n`, 'a.yaml:7: unknown key "colour"'],
  [`${ATTRIBUTE}extra: 1\n`, 'a.yaml:7: unknown key "extra"'],
  [ATTRIBUTE.replace('int', 'number'), 'a.yaml:3: "type" must be one of'],
  [ATTRIBUTE.replace('    brief: A size\n', ''), 'a.yaml:3: "brief" is missing'],
  [
    `${ATTRIBUTE}${ATTRIBUTE.replace('attributes:\n', '')}`,
    'a.yaml:7: attribute "ml.size" is defined twice',
  ],
  [
    `spans:\n  - type: ml.x\n    kind: internal\n    name: { note: x }\n    brief: x\n    stability: stable\n    attributes:\n      - ref: ml.none\n`,
    'a.yaml:9: attribute "ml.none" is not defined',
  ],
  [
    `attribute_groups:\n  - id: g\n    visibility: internal\n    attributes:\n      - ref_group: none\n`,
    'a.yaml:6: attribute group "none" is not defined',
  ],
  [`metrics:\n  - name: [1]\n`, 'a.yaml:3: "name" must be a text'],
  [`metrics: 1\n`, 'a.yaml:2: "metrics" must be a list'],
] as const)('the registry %j is refused: %s', ([body, problem]) => {
  expect(() => read(body)).toThrow(problem);
});
