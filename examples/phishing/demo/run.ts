import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { type Load, startLoad } from '../load.ts';
import { MODEL_PATH, SEED, trainModel, writeModel } from '../training/build-model.ts';
import { type AppProcess, startApp } from './app-process.ts';
import { freePort } from './free-port.ts';
import { countLogLines, removeLogs } from './log-lines.ts';
import { createMeter, type Meter, type Snapshot } from './measurements.ts';
import type { DemoOptions } from './options.ts';
import { type OtlpSink, startOtlpSink } from './otlp-sink.ts';
import type { Screen } from './screen.ts';
import { judge, type Summary } from './verdict.ts';
import type { Setting } from './view.ts';

/** The page may be answered from a cache of less than a second. */
const PAGE_SETTLE_MS = 3000;
/** The service's log of this run; an earlier one is removed. */
const LOG_PATH = fileURLToPath(new URL('../.cache/phishing.log', import.meta.url));
const DURATION_METRIC = 'ml.inference.duration';

/**
 * Runs the whole demo: trains the model, starts the receiver, the service and the load, shows what
 * happens until the time is over or `interrupted` aborts, ends the service and judges the numbers.
 */
export async function runDemo(
  options: DemoOptions,
  screen: Screen,
  interrupted: AbortSignal,
): Promise<Summary> {
  const heldOutAccuracy = prepareModel(screen);
  const sink = await startOtlpSink();
  const apiKey = randomUUID();
  removeLogs(LOG_PATH);
  let app: AppProcess | undefined;
  try {
    app = await startApp({
      port: options.port,
      metricsPort: options.metricsPort === 0 ? await freePort() : options.metricsPort,
      otlpUrl: sink.url,
      modelPath: MODEL_PATH,
      logPath: LOG_PATH,
      apiKey,
    });
    screen.print(`service ${app.url}  metrics ${app.metricsUrl}`);
    const setting: Setting = {
      appUrl: app.url,
      metricsUrl: app.metricsUrl,
      heldOutAccuracy,
      forMs: options.forMs,
    };
    return await observe({ options, screen, interrupted, sink, app, apiKey, setting });
  } finally {
    await app?.stop();
    await sink.close();
  }
}

/** Trains on each start: half a second, and what is served is what the sources say. */
function prepareModel(screen: Screen): number {
  const startedMs = performance.now();
  const { bytes, heldOutAccuracy } = trainModel();
  writeModel(bytes);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  screen.print(
    `trained phishing.onnx in ${seconds} s: held-out accuracy ${heldOutAccuracy.toFixed(3)}`,
  );
  return heldOutAccuracy;
}

interface Stage {
  readonly options: DemoOptions;
  readonly screen: Screen;
  readonly interrupted: AbortSignal;
  readonly sink: OtlpSink;
  readonly app: AppProcess;
  readonly apiKey: string;
  readonly setting: Setting;
}

async function observe(stage: Stage): Promise<Summary> {
  const { app, options, screen, setting, sink } = stage;
  const load = startLoad({
    url: app.url,
    requestsPerSecond: options.requestsPerSecond,
    seed: SEED,
  });
  const { metricsUrl, monitoringUrl } = app;
  const meter = createMeter({ metricsUrl, monitoringUrl, apiKey: stage.apiKey }, load, sink);
  const startedMs = performance.now();
  await showUntilEnd(stage, meter);
  await load.stop();
  const seconds = (performance.now() - startedMs) / 1000;
  const settled = await readSettled(meter, load);
  const appEnding = await app.stop();
  // The service has flushed: what it had not yet exported is at the receiver now.
  const last: Snapshot = {
    ...settled,
    isOver: true,
    elapsedMs: seconds * 1000,
    requestsPerSecond: settled.load.answered / seconds,
    spans: sink.traces.counts(),
    sink: sink.counts(),
    trace: sink.traces.latestTrace(),
  };
  screen.finish(setting, last);
  const summary = judge(last, {
    appEnding,
    exportedDurationCount: sink.histogramCount(DURATION_METRIC),
    seconds,
    logs: countLogLines(LOG_PATH),
  });
  if (summary.problems.length > 0) {
    for (const line of app.lines()) screen.print(`service: ${line}`);
  }
  return summary;
}

async function showUntilEnd(stage: Stage, meter: Meter): Promise<void> {
  const { app, interrupted, options, screen, setting } = stage;
  const over = AbortSignal.any([
    interrupted,
    ...(options.forMs === undefined ? [] : [AbortSignal.timeout(options.forMs)]),
  ]);
  while (!over.aborted && !app.hasExited()) {
    await sleep(screen.intervalMs, undefined, { signal: over }).catch(() => undefined);
    if (!over.aborted) screen.show(setting, await meter.read());
  }
}

/** Reads until the page has counted every run and every label, or for three seconds. */
async function readSettled(meter: Meter, load: Load): Promise<Snapshot> {
  const startedMs = performance.now();
  let snapshot = await meter.read();
  while (
    (snapshot.durationCount < load.counts().runs ||
      snapshot.feedback.matched < load.counts().labelled) &&
    performance.now() - startedMs < PAGE_SETTLE_MS
  ) {
    await sleep(100);
    snapshot = await meter.read();
  }
  return snapshot;
}
