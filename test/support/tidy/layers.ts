import { dirname, join } from 'node:path';

import type { SourceFile } from './source-file.ts';

/**
 * What a package may import besides its own files. A trailing `*` matches any rest. An
 * instrumentation never imports another one, a library never an instrumentation, nothing the
 * alert service.
 */
export const PACKAGE_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  'src/statistics': [],
  'src/core': [],
  'src/instrument': ['@telltale/core', '@opentelemetry/*', 'node:*'],
  'src/baseline-tool': [
    '@telltale/statistics',
    'node:*',
    'commander',
    'csv-parse',
    'hyparquet',
    'hyparquet-compressors',
  ],
  'instrumentations/onnxruntime': [
    '@telltale/core',
    '@telltale/instrument',
    '@opentelemetry/*',
    'node:*',
  ],
  'instrumentations/drift': [
    '@telltale/core',
    '@telltale/instrument',
    '@telltale/statistics',
    '@opentelemetry/*',
    'node:*',
  ],
  'instrumentations/gpu': ['@telltale/core', '@telltale/instrument', '@opentelemetry/*', 'node:*'],
  'instrumentations/profiler': ['@telltale/core', 'node:*', 'pprof-format'],
  'instrumentations/runtime': [
    '@telltale/core',
    '@telltale/instrument',
    '@opentelemetry/*',
    'node:*',
  ],
  'src/telltale': [
    '@telltale/core',
    '@telltale/instrument',
    '@telltale/statistics',
    '@telltale/instrumentation-*',
    '@opentelemetry/*',
    'node:*',
    'telltale',
    'commander',
    '@telltale/baseline-tool',
    'import-in-the-middle/*',
    'yaml',
  ],
  grafana: ['@telltale/core', '@grafana/grafana-foundation-sdk/*', 'node:*'],
  'collector/ui': ['preact', 'preact/*', '@preact/signals'],
  collector: [
    '@telltale/core',
    '@telltale/statistics',
    'node:*',
    '@opentelemetry/*',
    'commander',
    '@telltale/baseline-tool',
    'nodemailer',
    'pino',
    're2js',
    'undici',
    'valibot',
    'yaml',
  ],
};

type Rows = readonly (readonly string[])[];

/**
 * Layers inside a folder, lowest first. A layer imports itself and those below it, types included;
 * layers of one row stand apart.
 * `*` stands for the files that lie directly in the folder.
 */
export const LAYERS: Readonly<Record<string, Rows>> = {
  'collector/src': [
    ['model'],
    ['promql'],
    ['storage', 'otlp', 'rules', 'drift', 'notify/stages'],
    ['notify'],
    ['exchange'],
    ['config', 'query'],
    ['runtime', 'http'],
    ['listeners'],
    ['app.ts'],
    ['cli', 'small-heap.ts'],
    ['main.ts'],
  ],
  'collector/ui/src': [
    ['model'],
    ['browser'],
    ['api'],
    ['store'],
    ['parts'],
    ['views'],
    ['shell'],
    ['main.tsx'],
  ],
  'collector/src/runtime': [
    ['*'],
    ['durable', 'sqlite'],
    ['deliver'],
    ['ingest'],
    ['evaluate'],
    ['fleet'],
    ['service'],
  ],
  'instrumentations/gpu/src': [
    ['snapshot'],
    ['nvml', 'nvidia-smi', 'sysfs', 'energy'],
    ['worker', 'types.ts', 'version.ts'],
    ['host', 'metrics'],
    ['instrumentation.ts'],
    ['index.ts'],
  ],
  'collector/src/runtime/service': [
    ['keyed-counter.ts', 'self-metrics.ts', 'service-options.ts', 'service-signals.ts'],
    ['parts', 'self-metric-table.ts'],
    ['chores', 'reactions.ts'],
    ['service-core.ts'],
  ],
  'collector/src/model': [['*'], ['histogram'], ['template']],
  'collector/src/model/template': [
    ['*'],
    ['parse', 'format', 'time'],
    ['run'],
    ['html'],
    ['functions'],
    ['template.ts'],
  ],
  'collector/src/otlp': [['*'], ['read'], ['json', 'translate']],
  'collector/src/otlp/translate': [['*'], ['delta'], ['write'], ['metric-translator.ts']],
  'collector/src/config': [
    ['schema'],
    ['*'],
    ['yaml'],
    ['rules', 'alertmanager'],
    ['notify-set.ts'],
  ],
  'collector/src/drift': [['fleet-options.ts'], ['fleet-point.ts'], ['rows'], ['*']],
  'collector/src/cli': [['command-io.ts', 'load-file.ts'], ['notify', 'rules'], ['*']],
  'collector/src/rules': [
    ['rule.ts'],
    ['evaluation.ts', 'slot.ts', 'window.ts'],
    ['alert'],
    ['*'],
    ['carry-over'],
    ['unit-test'],
  ],
  'collector/src/notify': [['stages'], ['notifier.ts', 'message'], ['channels'], ['forward']],
  'collector/src/notify/stages': [
    ['*'],
    ['matching', 'sending'],
    ['routing', 'escalation', 'alerts'],
    ['muting'],
    ['group-view.ts'],
  ],
  'collector/src/notify/channels': [
    ['*'],
    ['http'],
    ['discord', 'email', 'log', 'msteamsv2', 'pagerduty', 'slack', 'telegram', 'webhook'],
    ['kinds.ts'],
  ],
  'collector/src/runtime/deliver': [['*'], ['sending'], ['outbox-delivery.ts']],
  'collector/src/http': [['*'], ['client', 'server'], ['routes']],
  'collector/src/promql': [
    ['*'],
    ['kernels'],
    ['parser'],
    ['notation', 'functions'],
    ['eval'],
    ['standing'],
  ],
  'collector/src/promql/standing': [['*'], ['select'], ['range', 'combine', 'values'], ['plan']],
  'grafana/src': [
    ['check'],
    ['queries', 'panels'],
    ['*'],
    ['boards'],
    ['boards.ts', 'to-dashboard.ts'],
    ['files.ts'],
    ['write.ts'],
  ],
  'src/statistics/src': [
    ['*'],
    ['distance'],
    ['histogram', 'sequential', 'performance'],
    ['baseline'],
    ['index.ts'],
  ],
  'src/core/src': [
    ['*'],
    ['telemetry/rows.ts'],
    ['telemetry/generated'],
    ['telemetry.ts'],
    ['index.ts'],
  ],
  'instrumentations/runtime/src': [['*'], ['instrumentation.ts'], ['index.ts']],
  'src/instrument/src': [['*'], ['histogram', 'providers'], ['index.ts']],
  'src/baseline-tool/src': [['table'], ['cells'], ['build'], ['index.ts']],
  'instrumentations/onnxruntime/src': [
    ['*'],
    ['runtime'],
    ['model-file'],
    ['measure'],
    ['operator-profile', 'spans'],
    ['model'],
    ['metrics'],
    ['output.ts'],
    ['operator-profile/publish', 'run', 'pipeline'],
    ['session'],
    ['instrumentation.ts'],
    ['index.ts'],
  ],
  'src/telltale/src/export': [
    ['running-exporters.ts'],
    ['delivery.ts'],
    ['at-exit'],
    ['background-exporter.ts'],
    ['otlp'],
    ['*'],
    ['signals'],
  ],
  'src/telltale/src/record': [
    ['guarded.ts', 'truth'],
    ['feedback'],
    ['predictions'],
    ['*', 'automatic'],
  ],
  'src/telltale/src/config': [['*'], ['options', 'file']],
  'src/telltale/src': [
    ['version.ts', 'make-folder.ts', 'start-options.ts'],
    ['masking'],
    ['diagnostics.ts'],
    ['instruments'],
    ['self-metrics.ts'],
    ['masking/signals', 'config'],
    ['config.ts'],
    ['exemplars', 'logs', 'esm-hook.ts'],
    ['export', 'page'],
    ['shutdown.ts', 'shared-page', 'process', 'events'],
    ['profiling', 'record/truth'],
    ['record'],
    ['record/automatic'],
    ['http'],
    ['http/routes'],
    ['http/serving'],
    ['drift', 'gpu'],
    ['instrumentations.ts'],
    ['sdk/globals', 'sdk/environment'],
    ['sdk'],
    ['start.ts'],
    ['index.ts'],
    ['register.cts'],
    ['cli/columns.ts'],
    ['cli/doctor', 'cli/drift', 'cli/gpu', 'cli/profile'],
    ['cli/commands'],
    ['cli'],
  ],
  'instrumentations/profiler/src': [
    ['formats.ts'],
    ['tree'],
    ['spans'],
    ['render'],
    ['profile.ts', 'heap-file.ts'],
    ['capture'],
    ['exact'],
    ['start-profile.ts', 'attach'],
    ['stall', 'continuous', 'otlp'],
    ['*'],
  ],
  'instrumentations/drift/src/compare': [['evidence', 'effect', 'examples'], ['*']],
  'instrumentations/drift/src/stream': [['records'], ['*']],
  'instrumentations/drift/src': [
    ['*'],
    ['compare'],
    ['stream'],
    ['compound'],
    ['monitor'],
    ['tensors', 'baselines', 'publish'],
    ['endpoints'],
    ['index.ts'],
  ],
};

const COLLECTOR = 'collector/src';

/** Third parties that pure folders may use: no I/O, no clock, no state of their own. */
const PURE_THIRD_PARTIES = ['@telltale/core', '@telltale/statistics', 're2js'];

const PURE_LAYERS = (LAYERS[COLLECTOR] ?? []).slice(0, 3).flat();

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;

/** Imports of a package that its row in `PACKAGE_IMPORTS` does not allow. */
export function foreignImports(folder: string, files: readonly SourceFile[]): readonly string[] {
  const allowed = PACKAGE_IMPORTS[folder] ?? [];
  return files.flatMap((file) =>
    file.imports
      .filter((name) => !name.startsWith('.') && !allowed.some((pattern) => matches(pattern, name)))
      .map((name) => `${file.path} imports ${name}`),
  );
}

/** Entries of `PACKAGE_IMPORTS` that no file needs any more. */
export function staleAllowances(folder: string, files: readonly SourceFile[]): readonly string[] {
  const names = files.flatMap((file) => file.imports);
  return (PACKAGE_IMPORTS[folder] ?? [])
    .filter((pattern) => !names.some((name) => matches(pattern, name)))
    .map((pattern) => `${folder} no longer imports ${pattern}`);
}

/** The layer of a path below a folder of `LAYERS`, as [rank, name]; rank -1 when it has none. */
function layerOf(folder: string, path: string): readonly [rank: number, name: string] {
  const inside = path.slice(folder.length + 1);
  const candidates = (LAYERS[folder] ?? []).flatMap((row, rank) =>
    row.map((name) => [rank, name] as const),
  );
  const isIn = (name: string): boolean =>
    inside === name || inside.startsWith(`${name}/`) || (name === '*' && !inside.includes('/'));
  const found = candidates
    .filter(([, name]) => isIn(name))
    .toSorted((a, b) => b[1].length - a[1].length)[0];
  return found ?? [-1, ''];
}

/** Imports that climb to a higher layer, or that cross between siblings of a row. */
export function layerViolations(folder: string, files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const [rank, layer] = layerOf(folder, file.path);
    if (rank < 0) return [`${file.path} is in no layer`];
    return file.imports
      .filter((name) => name.startsWith('.'))
      .map((name) => join(dirname(file.path), name))
      .filter((target) => target.startsWith(`${folder}/`))
      .filter((target) => {
        const [targetRank, targetLayer] = layerOf(folder, target);
        const isSibling = targetRank === rank && targetLayer !== layer;
        return targetRank > rank || isSibling;
      })
      .map((target) => `${file.path} imports ${target}`);
  });
}

/** Circles of imports, types included: each as the files on it, in alphabetical order. */
export function importCircles(files: readonly SourceFile[]): readonly string[] {
  const targets = new Map(
    files.map(({ path, imports }) => [
      path,
      imports.filter((name) => name.startsWith('.')).map((name) => join(dirname(path), name)),
    ]),
  );
  const reachable = (start: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const waiting = [...(targets.get(start) ?? [])];
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      if (found.has(path)) continue;
      found.add(path);
      waiting.push(...(targets.get(path) ?? []));
    }
    return found;
  };
  const reached = new Map(files.map(({ path }) => [path, reachable(path)]));
  const circles = files
    .filter(({ path }) => reached.get(path)?.has(path) === true)
    .map(({ path }) =>
      [...(reached.get(path) ?? [])].filter((other) => reached.get(other)?.has(path)).toSorted(),
    );
  return [...new Set(circles.map((circle) => circle.join(' <-> ')))];
}

const IMPURE =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|(?<![-\w])process\.|\bset(?:Timeout|Interval|Immediate)\(|(?<![-\w])performance\.(?:now|mark|measure|timeOrigin)/u;

const isPure = (path: string): boolean =>
  path.startsWith('src/statistics/') ||
  (path.startsWith(`${COLLECTOR}/`) && PURE_LAYERS.includes(layerOf(COLLECTOR, path)[1]));

/** Clocks, randomness, processes, timers and Node modules in folders that must be pure. */
export function impurities(files: readonly SourceFile[]): readonly string[] {
  return files
    .filter((file) => isPure(file.path))
    .flatMap((file) => {
      const code = file.text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gmu, '');
      const found = IMPURE.exec(code)?.[0];
      const foreign = file.imports.filter(
        (name) => !name.startsWith('.') && !PURE_THIRD_PARTIES.includes(name),
      );
      return [
        ...(found === undefined ? [] : [`${file.path} uses ${found}`]),
        ...foreign.map((name) => `${file.path} imports ${name}`),
      ];
    });
}
