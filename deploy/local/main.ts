// `npm run stack`: the whole stack from local programs, without Docker.
import { setTimeout as sleep } from 'node:timers/promises';

import { type Demo, startDemo } from './feed/demo.ts';
import { parseLocalOptions } from './options.ts';
import { judgeStack, readDashboards, type StackVerdict } from './panels/verdict.ts';
import { drawPictures } from './preview/pictures.ts';
import { type Stack, startStack } from './stack.ts';

const options = parseLocalOptions(process.argv);
const print = (line: string): void => void process.stderr.write(`${line}\n`);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => interruption.abort());
}

let stack: Stack | undefined;
let demo: Demo | undefined;
try {
  // The demo begins with nothing, so that its panels show it alone.
  stack = await startStack({ ...options, keepsData: !options.hasDemo, onProgress: print });
  const startedMs = Date.now();
  if (options.hasDemo) demo = await startDemo(stack);
  tellAddresses(stack, demo);
  await wait(interruption.signal);
  if (options.forMs !== undefined && !interruption.signal.aborted) {
    print('Asking every panel of every dashboard');
    const verdict = await judgeStack(stack, { startedMs, hasGpu: demo?.hasGpu ?? false });
    tellVerdict(verdict);
    if (options.pictures !== undefined) await draw(stack, options.pictures, startedMs);
    if (options.isJson) process.stdout.write(`${JSON.stringify(verdict)}\n`);
    process.exitCode = verdict.problems.length === 0 ? 0 : 1;
  }
} catch (error) {
  print(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await demo?.stop();
  await stack?.stop();
}

async function wait(signal: AbortSignal): Promise<void> {
  const { forMs } = options;
  if (forMs !== undefined) {
    await sleep(forMs, undefined, { signal }).catch(() => undefined);
    return;
  }
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}

function tellAddresses({ addresses, files, hasTempo }: Stack, running: Demo | undefined): void {
  print(`OTLP            ${addresses.otlpHttp}`);
  print(`Prometheus      ${addresses.prometheus}`);
  print(
    `${hasTempo ? 'Tempo          ' : 'Jaeger         '} ${hasTempo ? addresses.tempo : addresses.traceQuery}`,
  );
  print(`Alertmanager    ${addresses.alertmanager}`);
  print(`Alert service   ${addresses.alertApi}  (key in ${files.keyPath})`);
  if (running !== undefined) print(`Demo            ${running.urls.join('  ')}`);
  print(`Logs            ${files.logs}`);
  if (options.forMs === undefined) print('Ctrl-C stops everything');
}

async function draw(running: Stack, folder: string, startMs: number): Promise<void> {
  const { addresses, apiKey } = running;
  await drawPictures(readDashboards(), folder, {
    datasource: addresses.prometheus,
    alerts: addresses.alertApi,
    headers: { 'x-api-key': apiKey },
    startMs,
    endMs: Date.now(),
  });
  print(`Pictures        ${folder}`);
}

function tellVerdict({ panels, problems }: StackVerdict): void {
  print(`${panels.withData} of ${panels.total} queries have data`);
  for (const [reason, count] of Object.entries(panels.apart)) print(`${count} apart: ${reason}`);
  for (const problem of problems) print(`  ${problem}`);
}
