import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { type AppProcess, startApp } from '../../../examples/phishing/demo/app-process.ts';
import { buildBaseline } from '../../../examples/phishing/demo/drift/build-baseline.ts';
import { planDrift } from '../../../examples/phishing/demo/drift/drift-story.ts';
import { freePort } from '../../../examples/phishing/demo/free-port.ts';
import type { StubGpu } from '../../../examples/phishing/demo/gpu/stub-gpu.ts';
import { type Load, startLoad } from '../../../examples/phishing/load.ts';
import { NO_SHIFT } from '../../../examples/phishing/shift.ts';
import { MODEL_PATH, SEED } from '../../../examples/phishing/training/build-model.ts';
import {
  FEATURES,
  loadDataset,
  type Row,
  splitDataset,
} from '../../../examples/phishing/training/dataset.ts';
import type { StackFiles } from '../configuration.ts';

export const NATIVE = {
  OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
} as const;

const REQUESTS_PER_SECOND = 30;
/** Runs fail for a while in each such period, so that error panels and alerts have data. */
const FAULT_PERIOD_MS = 30_000;
/** Not before: the first runs of a session are profiled, and a run that fails shows no operator. */
const FAULTS_AFTER_MS = 10_000;
const FAULT_MS = 6000;
/** From then on the input of one instance is broken: its drift fires an alert. */
const SHIFT_AFTER_MS = 15_000;
/** Rows of the traffic, repeated, so that a baseline has enough of them. */
const BASELINE_REPEATS = 3;

/** What the instances of the phishing service differ in. */
const INSTANCES: readonly { readonly isShifted: boolean; readonly env: Record<string, string> }[] =
  [
    { isShifted: false, env: {} },
    { isShifted: true, env: {} },
    { isShifted: false, env: NATIVE },
  ];

/** Where services send to, and where their files lie. */
export interface Target {
  readonly addresses: { readonly otlpHttp: string };
  readonly files: Pick<StackFiles, 'folder' | 'logs'>;
}

export interface Feed {
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

/**
 * Three instances of the phishing service under load: each fails for a while, the input of the
 * second one breaks, and the third exports native histograms.
 */
export async function startPhishing(stack: Target, gpu: StubGpu | undefined): Promise<Feed> {
  const apps = await startInstances(stack, gpu);
  const [gpuUser] = apps;
  if (gpuUser?.pid !== undefined) gpu?.use(gpuUser.pid);
  const { broken } = planDrift(loadDataset(), SEED);
  const startedMs = performance.now();
  const elapsedMs = (): number => performance.now() - startedMs;
  const isFaulty = (): boolean => {
    const sinceMs = elapsedMs() - FAULTS_AFTER_MS;
    return sinceMs >= 0 && sinceMs % FAULT_PERIOD_MS < FAULT_MS;
  };
  const timer = setInterval(() => {
    for (const app of apps) app.setFault(isFaulty() ? 'errors' : 'none');
  }, 200);
  const loads: readonly Load[] = apps.map((app, index) =>
    startLoad({
      url: app.url,
      requestsPerSecond: REQUESTS_PER_SECOND,
      seed: index + 1,
      expectsFailure: () => isFaulty(),
      shift: () =>
        INSTANCES[index]?.isShifted === true && elapsedMs() > SHIFT_AFTER_MS ? broken : NO_SHIFT,
    }),
  );
  return {
    urls: apps.map(({ url }) => url),
    stop: async () => {
      clearInterval(timer);
      await Promise.all(loads.map((load) => load.stop()));
      await Promise.all(apps.map((app) => app.stop()));
    },
  };
}

async function startInstances(
  { addresses, files }: Target,
  gpu: StubGpu | undefined,
): Promise<readonly AppProcess[]> {
  const { heldOut } = splitDataset(loadDataset(), SEED);
  const rows = Array.from({ length: BASELINE_REPEATS }, () => heldOut).flat();
  const lines = rows.map(({ features }) => features.join(','));
  const baselines = await buildBaseline(
    [FEATURES.join(','), ...lines, ''].join('\n'),
    files.folder,
  );
  return Promise.all(
    INSTANCES.map(async ({ env }, index) => {
      const app = await startApp({
        port: 0,
        metricsPort: await freePort(),
        otlpUrl: addresses.otlpHttp,
        metricsOtlpUrl: `${addresses.otlpHttp}/v1/metrics`,
        modelPath: MODEL_PATH,
        logPath: join(files.logs, `phishing-${index}.log`),
        apiKey: randomUUID(),
        isAutomatic: false,
        baselines,
        ...(index === 0 ? { nvmlLibrary: gpu?.library } : {}),
        env: {
          TELLTALE_OPERATOR_PROFILE: 'startup',
          // What the model sees is then what people send, which the baseline is made of.
          CACHED_ANSWERS: '5',
          ...env,
        },
      });
      // Its first seconds are profiled, however long the others take to start.
      await askOnce(app.url, heldOut);
      return app;
    }),
  );
}

async function askOnce(url: string, rows: readonly Row[]): Promise<void> {
  const { features } = rows[0] ?? { features: [] };
  const answer = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(
      Object.fromEntries(FEATURES.map((name, index) => [name, features[index]])),
    ),
  });
  await answer.arrayBuffer();
}
