import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { DISTRIBUTIONS } from './distributions.ts';
import { install, type Project, pack } from './install.ts';
import { OWN_SPANS, TOOLS } from './tools.ts';

const INFERENCES = 7;
const PROCESS_TIMEOUT_MS = 60_000;

/** Who is loaded in which order: `ours` is the flag, `tool` the start of the tool. */
const ORDERS = [
  { order: 'the tool alone', argv: ['--require', './tool.cjs', 'app.cjs'], alone: 'flag' },
  { order: 'the tool alone, in the application', argv: ['app-with-tool.cjs'], alone: 'app' },
  {
    order: 'ours before',
    argv: ['--require', 'telltale/register', '--require', './tool.cjs', 'app.cjs'],
    like: 'flag',
  },
  {
    order: 'ours after',
    argv: ['--require', './tool.cjs', '--require', 'telltale/register', 'app.cjs'],
    like: 'flag',
  },
  {
    order: 'ours by --import',
    argv: ['--import', 'telltale/register', '--require', './tool.cjs', 'app.cjs'],
    like: 'flag',
  },
  {
    order: 'started by the application',
    argv: ['--require', 'telltale/register', 'app-with-tool.cjs'],
    like: 'app',
  },
] as const;

type Start = 'flag' | 'app';

interface Observed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Spans of the application that arrived, wherever. */
  readonly own: number;
  /** Inferences in spans and in metrics that arrived, wherever. */
  readonly spans: number;
  readonly counted: number;
}

/**
 * Installs packed Telltale beside each tool, with a plain `npm install`, and runs one application in
 * every order: what it prints and its exit code stay, the tool gets what it gets alone, and each
 * inference arrives once in spans and once in metrics.
 */
async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const tarball = await pack();
  let wrong = 0;
  for (const tool of [...TOOLS, ...DISTRIBUTIONS]) {
    if (names.length > 0 && !names.some((name) => tool.name.includes(name))) continue;
    const project = await install(tool, tarball, INFERENCES);
    wrong += project.failure === undefined ? await runAll(project) : failed(project);
  }
  console.log(wrong === 0 ? 'all exact' : `${wrong} wrong`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

function failed({ tool, failure = '' }: Project): number {
  console.log(`WRONG  ${tool.name}: npm install\n${failure}`);
  return 1;
}

async function runAll(project: Project): Promise<number> {
  const baselines = new Map<Start, Observed>();
  let wrong = 0;
  for (const { order, argv, ...one } of ORDERS) {
    const seen = await runOnce(project, argv);
    if ('alone' in one) baselines.set(one.alone, seen);
    const baseline = 'like' in one ? baselines.get(one.like) : undefined;
    const faults = baseline === undefined ? [] : faultsOf(seen, baseline);
    if (faults.length > 0) wrong += 1;
    const { own, spans, counted } = seen;
    const figures = `${own} own, ${spans} spans, ${counted} counted`;
    console.log(
      `${faults.length === 0 ? 'exact' : 'WRONG'}  ${project.tool.name}, ${order}: ${figures}`,
    );
    for (const fault of faults) console.log(`       ${fault}`);
  }
  return wrong;
}

function faultsOf(seen: Observed, alone: Observed): readonly string[] {
  const foreign = (text: string): string =>
    text
      .replaceAll(/\(node:\d+\)|127\.0\.0\.1:\d+/gu, '')
      .split('\n')
      .filter(
        (line) => !line.startsWith('telltale: The application runs its own OpenTelemetry SDK'),
      )
      .join('\n');
  const faults: string[] = [];
  if (seen.code !== alone.code) faults.push(`exit code ${seen.code}, alone ${alone.code}`);
  if (seen.stdout !== alone.stdout) faults.push(`prints other things: ${seen.stdout}`);
  if (foreign(seen.stderr) !== foreign(alone.stderr)) {
    faults.push(
      `standard error: ${seen.stderr.slice(0, 2_000)} | alone: ${alone.stderr.slice(0, 500)}`,
    );
  }
  // Without a tracer provider the application's own spans go nowhere; ours then takes them along.
  const own = alone.own === 0 ? OWN_SPANS : alone.own;
  if (seen.own !== own) faults.push(`${seen.own} spans of the application, expected ${own}`);
  if (seen.spans !== INFERENCES) faults.push(`${seen.spans} inferences in spans`);
  if (seen.counted !== INFERENCES) faults.push(`${seen.counted} inferences in metrics`);
  return faults;
}

async function runOnce({ tool, folder }: Project, argv: readonly string[]): Promise<Observed> {
  const sink = await startOtlpSink();
  const child = spawn(process.execPath, [...argv], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      SINK: sink.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_SERVICE_NAME: 'app',
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host',
      TELLTALE_MONITORING_PORT: 'off',
      ...tool.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const timer = setTimeout(() => child.kill('SIGKILL'), PROCESS_TIMEOUT_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  await sink.close();
  return { code, stdout, stderr, ...countsOf(sink, tool.path) };
}

function countsOf(
  sink: OtlpSink,
  path: RegExp | undefined,
): Pick<Observed, 'own' | 'spans' | 'counted'> {
  const spans = sink.spans();
  const texts = sink.requests
    .filter((request) => path?.test(request.path) === true)
    .map(({ body }) => body.toString('utf8'));
  const inText = (pattern: RegExp): number =>
    texts.reduce((sum, text) => sum + [...text.matchAll(pattern)].length, 0);
  return {
    own: spans.filter(({ name }) => /^work \d$/u.test(name)).length + inText(OWN_IN_TEXT),
    spans: spans.filter(({ name }) => name === 'infer iris').length + inText(INFER_IN_TEXT),
    counted: sink.total('ml.inference.duration') || azureCount(texts),
  };
}

/** A span of Azure's envelopes is `"name":"..."`, one of Sentry's `"description":"..."` or a transaction. */
const OWN_IN_TEXT = /"(?:name|description|transaction)":"work \d"/gu;
const INFER_IN_TEXT = /"(?:name|description|transaction)":"infer iris"/gu;

/** Azure's histograms carry the number of values in `count`; each export adds a difference. */
function azureCount(texts: readonly string[]): number {
  const counts = texts.flatMap((text) =>
    [...text.matchAll(/"name":"ml\.inference\.duration"[^}]*"count":(\d+)/gu)].map(([, count]) =>
      Number(count),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

await main();
