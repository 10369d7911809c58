// Our own statement of the parts of Weaver's format `definition/2` that a registry like ours can
// use. Unknown keys are refused, as Weaver does.

const text = { type: 'string', minLength: 1 };
const stability = {
  enum: ['stable', 'development', 'deprecated', 'alpha', 'beta', 'release_candidate'],
};
const annotations = { type: 'object' };

const strict = (required: readonly string[], properties: object): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});

const listOf = (items: object): object => ({ type: 'array', items });

/** What attributes, signals and public groups have in common. */
const described = { brief: text, note: { type: 'string' }, stability, annotations };

const member = strict(['id', 'value', 'stability'], {
  id: text,
  value: { type: ['string', 'integer', 'number', 'boolean'] },
  brief: { type: 'string' },
  note: { type: 'string' },
  stability,
});

const PRIMITIVES = ['string', 'int', 'double', 'boolean'];

const attribute = strict(['key', 'type', 'brief', 'stability'], {
  key: { type: 'string', pattern: '^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)*$' },
  type: {
    anyOf: [
      { enum: [...PRIMITIVES, ...PRIMITIVES.map((type) => `${type}[]`), 'any'] },
      strict(['members'], { members: { ...listOf(member), minItems: 1 } }),
    ],
  },
  examples: {},
  ...described,
});

const level = { anyOf: [{ enum: ['required', 'recommended', 'opt_in'] }, { type: 'object' }] };
const reference = {
  oneOf: [
    strict(['ref'], { ref: text, requirement_level: level, brief: text, note: text, examples: {} }),
    strict(['ref_group'], { ref_group: text }),
  ],
};

const attributes = listOf(reference);

export const DEFINITION_2: object = strict(['file_format'], {
  file_format: { const: 'definition/2' },
  attributes: listOf(attribute),
  attribute_groups: listOf({
    oneOf: [
      strict(['id', 'visibility'], { id: text, visibility: { const: 'internal' }, attributes }),
      strict(['id', 'visibility', 'brief', 'stability'], {
        id: text,
        visibility: { const: 'public' },
        attributes,
        ...described,
      }),
    ],
  }),
  metrics: listOf(
    strict(['name', 'instrument', 'unit', 'brief', 'stability'], {
      name: text,
      instrument: { enum: ['counter', 'updowncounter', 'gauge', 'histogram'] },
      unit: { type: 'string' },
      attributes,
      entity_associations: listOf(text),
      ...described,
    }),
  ),
  spans: listOf(
    strict(['type', 'kind', 'name', 'brief', 'stability'], {
      type: text,
      kind: { enum: ['internal', 'client', 'server', 'producer', 'consumer'] },
      name: strict(['note'], { note: text }),
      attributes,
      entity_associations: listOf(text),
      ...described,
    }),
  ),
  events: listOf(
    strict(['name', 'brief', 'stability'], {
      name: text,
      attributes,
      entity_associations: listOf(text),
      ...described,
    }),
  ),
});
