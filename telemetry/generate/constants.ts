import type {
  AttributeEntry,
  Domain,
  EventEntry,
  MetricEntry,
  Registry,
  SpanEntry,
} from './registry.ts';

const HEAD = '// Made by `npm run docs` from telemetry/registry: edit the YAML there.\n';

/** `ml.model.name` -> `MODEL_NAME`: our own namespace needs no prefix. */
const constantName = (name: string): string =>
  name
    .replace(/^ml\./u, '')
    .replaceAll(/[^A-Za-z0-9]+/gu, '_')
    .toUpperCase();

const attribute = (key: string): string => `ATTR_${constantName(key)}`;
const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
const texts = (values: readonly string[]): string => `[${values.map(quoted).join(', ')}]`;

type Fields = Readonly<Record<string, string | undefined>>;

/** One constant a line: a change of one entry is a change of one line. */
function constant(name: string, type: string, fields: Fields): string {
  const written = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${value}`],
  );
  return `export const ${name}: ${type} = { ${written.join(', ')} };`;
}

const list = (name: string, type: string, names: readonly string[]): string =>
  `export const ${name}: readonly ${type}[] = [${names.join(', ')}];`;

const attributeLine = (entry: AttributeEntry): string =>
  constant(attribute(entry.key), 'AttributeRow', {
    name: quoted(entry.key),
    type: quoted(entry.type),
    description: quoted(entry.brief),
    values: entry.values && texts(entry.values),
    stability: quoted(entry.stability),
  });

const references = (keys: readonly string[]): string => `[${keys.map(attribute).join(', ')}]`;

const metricLine = (entry: MetricEntry): string =>
  constant(`METRIC_${constantName(entry.name)}`, 'MetricRow', {
    name: quoted(entry.name),
    instrument: quoted(entry.instrument),
    isObservable: String(entry.isObservable),
    unit: quoted(entry.unit),
    description: quoted(entry.brief),
    attributes: references(entry.attributes),
    buckets: entry.buckets && `[${entry.buckets.join(', ')}]`,
    stability: quoted(entry.stability),
  });

const spanLine = (entry: SpanEntry): string =>
  constant(`SPAN_${constantName(entry.type)}`, 'SpanRow', {
    name: quoted(entry.name),
    when: quoted(entry.brief),
    attributes: references(entry.attributes),
    stability: quoted(entry.stability),
  });

const eventLine = (entry: EventEntry): string =>
  constant(`EVENT_${constantName(entry.name)}`, 'EventRow', {
    name: quoted(entry.name),
    type: quoted(entry.eventType),
    severityNumber: String(entry.severity),
    when: quoted(entry.brief),
    attributes: references(entry.attributes),
    stability: quoted(entry.stability),
  });

interface Kind<Entry> {
  /** `METRIC` of `METRIC_INFERENCE_DURATION`; its plural names the lists. */
  readonly prefix: string;
  readonly row: string;
  readonly entries: (domain: Domain) => readonly Entry[];
  readonly idOf: (entry: Entry) => string;
  readonly line: (entry: Entry) => string;
}

/** A file of constants, domain by domain, with a list of each domain and one of all. */
function fileOf<Entry>(registry: Registry, kind: Kind<Entry>): string {
  const { prefix, row, idOf, line } = kind;
  const plural = prefix === 'ATTR' ? 'ATTRIBUTES' : `${prefix}S`;
  const domains = registry.domains.filter((domain) => kind.entries(domain).length > 0);
  const parts = domains.map((domain) => {
    const entries = kind.entries(domain);
    const names = entries.map((entry) => `${prefix}_${constantName(idOf(entry))}`);
    const own = list(`${constantName(domain.name)}_${plural}`, row, names);
    return `// ${domain.name}\n${entries.map(line).join('\n')}\n${own}\n`;
  });
  const all = domains.flatMap((domain) =>
    kind.entries(domain).map((entry) => `${prefix}_${constantName(idOf(entry))}`),
  );
  const used = new Set(all.length === 0 ? [] : parts.join('').match(/\bATTR_\w+/gu));
  const imports =
    prefix === 'ATTR'
      ? ''
      : `import { ${[...used].toSorted().join(', ')} } from './attributes.ts';\n`;
  const type = `import type { ${row} } from '../rows.ts';\n`;
  return `${HEAD}${imports}${type}\n${parts.join('\n')}\n/** Every one of them. */\n${list(plural, row, all)}\n`;
}

/** The TypeScript files below `src/core/src/telemetry/generated`, by name. */
export function constantFiles(registry: Registry): Readonly<Record<string, string>> {
  return {
    'attributes.ts': fileOf(registry, {
      prefix: 'ATTR',
      row: 'AttributeRow',
      entries: (domain) => domain.attributes,
      idOf: (entry) => entry.key,
      line: attributeLine,
    }),
    'metrics.ts': fileOf(registry, {
      prefix: 'METRIC',
      row: 'MetricRow',
      entries: (domain) => domain.metrics,
      idOf: (entry) => entry.name,
      line: metricLine,
    }),
    'spans.ts': fileOf(registry, {
      prefix: 'SPAN',
      row: 'SpanRow',
      entries: (domain) => domain.spans,
      idOf: (entry) => entry.type,
      line: spanLine,
    }),
    'events.ts': fileOf(registry, {
      prefix: 'EVENT',
      row: 'EventRow',
      entries: (domain) => domain.events,
      idOf: (entry) => entry.name,
      line: eventLine,
    }),
    'schema-url.ts': `${HEAD}/** Identifies this version of the registry in OTLP (\`schema_url\`). Names nothing that is fetched. */\nexport const SCHEMA_URL: string = ${quoted(registry.schemaUrl)};\n`,
  };
}
