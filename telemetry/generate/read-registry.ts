import type {
  AttributeEntry,
  Domain,
  EventEntry,
  MetricEntry,
  Registry,
  SpanEntry,
  Stability,
} from './registry.ts';
import { YamlBlock } from './yaml-block.ts';

/** A file of the registry: its name without folder, and its text. */
export interface RegistryFile {
  readonly name: string;
  readonly text: string;
}

const FORMAT = 'definition/2';
const STABILITIES = ['development', 'stable'] as const;
const INSTRUMENTS = ['counter', 'updowncounter', 'gauge', 'histogram'] as const;
const TYPES = ['string', 'string[]', 'int', 'double', 'boolean'] as const;
const EVENT_TYPES = ['PERFORMANCE', 'REQUEST', 'PREDICTION', 'ALERT', 'ERROR'] as const;
const KINDS = ['internal', 'client', 'server', 'producer', 'consumer'] as const;

/** Turns a reference to a group, or to one attribute, into keys of attributes. */
type Resolve = (reference: YamlBlock) => readonly string[];

/**
 * Reads the registry and resolves its references.
 *
 * @throws {Error} with file and line: an unknown key, a wrong type, a name that is defined twice,
 *   a reference to what is not defined.
 */
export function readRegistry(manifest: RegistryFile, files: readonly RegistryFile[]): Registry {
  const schemaUrl = YamlBlock.parse(manifest.name, manifest.text).text('schema_url');
  const parsed = files.map((file) => ({
    name: file.name.replace(/\.yaml$/u, ''),
    root: YamlBlock.parse(file.name, file.text),
  }));
  const groups = new Map<string, readonly string[]>();
  const known = new Set<string>();
  const attributesOf = new Map(
    parsed.map(({ name, root }) => {
      root.oneOf('file_format', [FORMAT]);
      return [name, root.blocks('attributes').map((block) => readAttribute(block, known))] as const;
    }),
  );
  const resolve = resolver(groups, known);
  for (const { root } of parsed) readGroups(root, groups, resolve);
  const domains = parsed.map(({ name, root }): Domain => {
    const domain: Domain = {
      name,
      attributes: attributesOf.get(name) ?? [],
      metrics: root.blocks('metrics').map((block) => readMetric(block, resolve)),
      spans: root.blocks('spans').map((block) => readSpan(block, resolve)),
      events: root.blocks('events').map((block) => readEvent(block, resolve)),
    };
    root.finish();
    return domain;
  });
  return { schemaUrl, domains };
}

function readAttribute(block: YamlBlock, known: Set<string>): AttributeEntry {
  const key = block.text('key');
  if (known.has(key)) block.fail(`attribute "${key}" is defined twice`);
  known.add(key);
  const entry = block.isMapping('type')
    ? { type: 'string', values: readMembers(block.block('type')) }
    : { type: block.oneOf('type', TYPES) };
  const { brief, stability } = readDescription(block);
  block.finish();
  return { key, ...entry, brief, stability };
}

function readMembers(type: YamlBlock | undefined): readonly string[] {
  return (type?.blocks('members') ?? []).map((member) => {
    member.text('id');
    member.oneOf('stability', STABILITIES);
    const value = member.text('value');
    member.finish();
    return value;
  });
}

function readGroups(
  root: YamlBlock,
  groups: Map<string, readonly string[]>,
  resolve: Resolve,
): void {
  for (const block of root.blocks('attribute_groups')) {
    const id = block.text('id');
    if (groups.has(id)) block.fail(`attribute group "${id}" is defined twice`);
    block.oneOf('visibility', ['internal']);
    groups.set(id, readReferences(block, resolve));
    block.finish();
  }
}

function resolver(
  groups: ReadonlyMap<string, readonly string[]>,
  known: ReadonlySet<string>,
): Resolve {
  return (reference) => {
    const group = reference.optionalText('ref_group');
    if (group !== undefined) {
      reference.finish();
      return groups.get(group) ?? reference.fail(`attribute group "${group}" is not defined`);
    }
    const key = reference.text('ref');
    reference.finish();
    return known.has(key) ? [key] : reference.fail(`attribute "${key}" is not defined`);
  };
}

function readReferences(block: YamlBlock, resolve: Resolve): readonly string[] {
  return block.blocks('attributes').flatMap((reference) => resolve(reference));
}

function readDescription(block: YamlBlock): {
  readonly brief: string;
  readonly stability: Stability;
} {
  return { brief: block.text('brief'), stability: block.oneOf('stability', STABILITIES) };
}

function readMetric(block: YamlBlock, resolve: Resolve): MetricEntry {
  const annotations = block.block('annotations');
  const buckets = annotations?.numbers('buckets');
  const entry: MetricEntry = {
    name: block.text('name'),
    instrument: block.oneOf('instrument', INSTRUMENTS),
    unit: block.text('unit'),
    ...readDescription(block),
    isObservable: annotations?.flag('observable') ?? false,
    attributes: readReferences(block, resolve),
    ...(buckets === undefined ? {} : { buckets }),
  };
  annotations?.finish();
  block.finish();
  return entry;
}

function readSpan(block: YamlBlock, resolve: Resolve): SpanEntry {
  const name = block.block('name') ?? block.fail('"name" is missing');
  const entry: SpanEntry = {
    type: block.text('type'),
    name: name.text('note'),
    ...readDescription(block),
    attributes: readReferences(block, resolve),
  };
  block.oneOf('kind', KINDS);
  name.finish();
  block.finish();
  return entry;
}

function readEvent(block: YamlBlock, resolve: Resolve): EventEntry {
  const annotations = block.block('annotations') ?? block.fail('"annotations" are missing');
  const entry: EventEntry = {
    name: block.text('name'),
    eventType: annotations.oneOf('type', EVENT_TYPES),
    severity: annotations.integer('severity'),
    ...readDescription(block),
    attributes: readReferences(block, resolve),
  };
  annotations.finish();
  block.finish();
  return entry;
}
