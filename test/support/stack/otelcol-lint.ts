type Tree = { readonly [key: string]: Node };
type Node = Tree | readonly Node[] | string | number | boolean | null;

const isTree = (node: Node | undefined): node is Tree =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

/** Several --config files as the OTel Collector merges them: maps by key, everything else replaced. */
export function mergeConfigs(configs: readonly Node[]): Tree {
  return configs.reduce<Tree>((merged, config) => merge(merged, config) as Tree, {});
}

function merge(base: Node | undefined, over: Node): Node {
  if (!isTree(base) || !isTree(over)) return over;
  const merged: Record<string, Node> = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(base[key], value);
  return merged;
}

/** Types that have newer names since 0.154, or go away. */
const OLD_TYPES = new Set([
  'otlphttp',
  'spanmetrics',
  'servicegraph',
  'loadbalancing',
  'prometheusremotewrite',
  'batch',
  'logging',
]);
const KINDS = ['receivers', 'processors', 'exporters', 'extensions'] as const;
const SECRET =
  /(?:password|token|secret|api[-_]?key)["']?\s*:\s*["']?(?!\$\{|none\b|\/)[\w-]{6,}/iu;

/** What a configuration does that it should not. `text` is what was written, for literals. */
export function lintOtelcol(config: Tree, text: string): readonly string[] {
  const service = config['service'] as {
    readonly extensions?: readonly string[];
    readonly pipelines: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  };
  const defined = (kind: string): string[] => Object.keys((config[kind] as Tree | undefined) ?? {});
  const connectors = defined('connectors');
  const pipelines = Object.entries(service.pipelines);
  const usedIn = (kind: string): readonly string[] =>
    kind === 'extensions'
      ? (service.extensions ?? [])
      : pipelines.flatMap(([, pipeline]) => pipeline[kind] ?? []);
  const graph = KINDS.flatMap((kind) => {
    const [all, used] = [defined(kind), usedIn(kind)];
    const known = kind === 'receivers' || kind === 'exporters' ? [...all, ...connectors] : all;
    return [
      ...all.filter((id) => !used.includes(id)).map((id) => `${kind} ${id} is used nowhere`),
      ...used.filter((id) => !known.includes(id)).map((id) => `${kind} ${id} is not defined`),
    ];
  });
  const ends = connectors.flatMap((id) => [
    ...(usedIn('exporters').includes(id) ? [] : [`connector ${id} gets nothing`]),
    ...(usedIn('receivers').includes(id) ? [] : [`connector ${id} gives to no pipeline`]),
  ]);
  const limited = pipelines
    .filter(([, { processors = [] }]) => processors[0] !== 'memory_limiter')
    .map(([name]) => `pipeline ${name} does not limit memory first`);
  const old = [...KINDS, 'connectors']
    .flatMap(defined)
    .map((id) => id.split('/')[0] ?? id)
    .filter((type) => OLD_TYPES.has(type))
    .map((type) => `${type} is an old name, or goes away`);
  return [
    ...graph,
    ...ends,
    ...limited,
    ...old,
    ...(text.includes('0.0.0.0') ? ['listens on every interface'] : []),
    ...(SECRET.test(text) ? ['holds a secret in the open'] : []),
  ];
}
