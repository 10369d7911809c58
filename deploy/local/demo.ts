import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { startApp } from '../../examples/phishing/demo/app-process.ts';
import { freePort } from '../../examples/phishing/demo/free-port.ts';
import { type Load, startLoad } from '../../examples/phishing/load.ts';
import {
  MODEL_PATH,
  trainModel,
  writeModel,
} from '../../examples/phishing/training/build-model.ts';
import type { Stack } from './stack.ts';

/** Two instances of the demo service under load; the second one exports native histograms. */
export interface Demo {
  readonly urls: readonly string[];
  stop(): Promise<void>;
}

const REQUESTS_PER_SECOND = 40;
/** Runs fail in the first seconds of each such period, so that error panels and alerts have data. */
const FAULT_PERIOD_MS = 30_000;
const FAULT_MS = 6000;

export async function startDemo(stack: Stack): Promise<Demo> {
  writeModel(trainModel().bytes);
  const { addresses, files } = stack;
  const apps = await Promise.all(
    [
      {},
      {
        OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION:
          'base2_exponential_bucket_histogram',
      },
    ].map(async (env, index) =>
      startApp({
        port: 0,
        metricsPort: await freePort(),
        otlpUrl: addresses.otlpHttp,
        metricsOtlpUrl: `${addresses.otlpHttp}/v1/metrics`,
        modelPath: MODEL_PATH,
        logPath: join(files.logs, `phishing-${index}.log`),
        apiKey: randomUUID(),
        isAutomatic: false,
        env: { TELLTALE_OPERATOR_PROFILE: 'startup', ...env },
      }),
    ),
  );
  let isFaulty = false;
  const startedMs = performance.now();
  const timer = setInterval(() => {
    isFaulty = (performance.now() - startedMs) % FAULT_PERIOD_MS < FAULT_MS;
    for (const app of apps) app.setFault(isFaulty ? 'errors' : 'none');
  }, 200);
  const loads: readonly Load[] = apps.map((app, index) =>
    startLoad({
      url: app.url,
      requestsPerSecond: REQUESTS_PER_SECOND,
      seed: index + 1,
      expectsFailure: () => isFaulty,
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
