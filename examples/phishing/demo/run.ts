import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Load, startLoad } from '../load.ts';
import { MODEL_PATH, trainModel, writeModel } from '../training/build-model.ts';
import { type AlertService, startAlertService } from './alerting/alert-service.ts';
import { watchAlerts } from './alerting/alert-watch.ts';
import { type OtelCollector, startOtelCollector } from './alerting/otel-collector.ts';
import { type AppProcess, startApp } from './app-process.ts';
import { readDriftEvents } from './drift/drift-events.ts';
import { type DriftSummary, judgeDrift } from './drift/drift-verdict.ts';
import { buildSkewedBaseline, judgeSkew, planSkew, type SkewSummary } from './drift/skew-story.ts';
import { freePort } from './free-port.ts';
import { type StubGpu, startStubGpu } from './gpu/stub-gpu.ts';
import { countLogLines } from './log-lines.ts';
import { createMeter, type Meter, type Snapshot } from './measurements.ts';
import { type MessageSinks, startMessageSinks } from './messages/message-sinks.ts';
import type { DemoOptions } from './options.ts';
import { type OtlpSink, startOtlpSink } from './otlp-sink.ts';
import { profileService, type ServiceProfile } from './profile/service-profile.ts';
import type { Screen } from './screen.ts';
import { type Story, startStory } from './story.ts';
import { judge, type Summary } from './verdict.ts';
import type { Setting } from './view.ts';

/** The page may be answered from a cache of less than a second. */
const PAGE_SETTLE_MS = 3000;
const DURATION_COUNT = 'ml_inference_duration_seconds_count';
/** The last export passes through the OTel Collector, when there is one. */
const EXPORT_SETTLE_MS = 5000;

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
  const messages = await startMessageSinks((line) => screen.print(line));
  const apiKey = randomUUID();
  // A folder of its own, because two demos may run at a time.
  const logFolder = mkdtempSync(join(tmpdir(), 'telltale-demo-log-'));
  const logPath = join(logFolder, 'phishing.log');
  let alertService: AlertService | undefined;
  let otelCollector: OtelCollector | undefined;
  let app: AppProcess | undefined;
  let stub: StubGpu | undefined;
  try {
    stub = options.gpu === 'stub' ? startStubGpu() : undefined;
    alertService = await startAlertService(messages);
    const { apiUrl, metricsUrl: alertMetricsUrl } = alertService;
    if (options.hasOtelCollector) {
      otelCollector = await startOtelCollector({ sinkUrl: sink.url, alertMetricsUrl });
    }
    app = await startApp({
      port: options.port,
      metricsPort: options.metricsPort === 0 ? await freePort() : options.metricsPort,
      otlpUrl: otelCollector?.url ?? sink.url,
      metricsOtlpUrl: otelCollector ? `${otelCollector.url}/v1/metrics` : alertMetricsUrl,
      modelPath: MODEL_PATH,
      logPath,
      isAutomatic: options.isAutomatic,
      apiKey,
      nvmlLibrary: stub?.library,
      baselines: await baselinesOf(options, logFolder),
    });
    screen.print(`service ${app.url}  metrics ${app.metricsUrl}  alert service ${apiUrl}`);
    const { url: appUrl, metricsUrl } = app;
    const setting = { appUrl, metricsUrl, heldOutAccuracy, forMs: options.forMs };
    return await observe({
      options,
      screen,
      interrupted,
      sink,
      app,
      alertService,
      messages,
      apiKey,
      logPath,
      setting,
    });
  } finally {
    await app?.stop();
    stub?.stop();
    await otelCollector?.stop();
    await alertService?.stop();
    await messages.close();
    await sink.close();
    rmSync(logFolder, { recursive: true, force: true });
  }
}

/** In the skew scenario, those that the traffic does not fit. */
async function baselinesOf(
  { scenario, seed }: DemoOptions,
  folder: string,
): Promise<string | undefined> {
  return scenario === 'skew' ? buildSkewedBaseline(planSkew(seed), folder) : undefined;
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
  readonly alertService: AlertService;
  readonly messages: MessageSinks;
  readonly apiKey: string;
  readonly logPath: string;
  readonly setting: Setting;
}

async function observe(stage: Stage): Promise<Summary> {
  const { alertService, app, options, screen, setting, sink } = stage;
  const story = startStory({
    options,
    setFault: (fault) => app.setFault(fault),
    predictions: () => load.counts().rows,
  });
  const load = startLoad({
    url: app.url,
    requestsPerSecond: options.requestsPerSecond,
    seed: options.seed,
    expectsFailure: () => story.fault() === 'errors',
    shift: story.shift,
  });
  const { metricsUrl, monitoringUrl } = app;
  const { apiKey, logPath } = stage;
  const alerts = watchAlerts(alertService, (traceId) => sink.traces.has(traceId));
  const { fault, shift } = story;
  const monitored = { metricsUrl, monitoringUrl, apiKey, alerts, fault, shift };
  const meter = createMeter(monitored, load, sink);
  const startedMs = performance.now();
  const startedAtMs = Date.now();
  const profiled = options.hasProfile ? recordProfile(stage) : undefined;
  await showUntilEnd(stage, meter);
  const profile = await profiled;
  story.end();
  await load.stop();
  const seconds = (performance.now() - startedMs) / 1000;
  const settled = await readSettled(meter, load);
  const appEnding = await app.stop();
  // The service has flushed; the OTel Collector may still hold the last export for a moment.
  await until(() => sink.traces.counts().infer >= load.counts().runs);
  const exportedDurationCount = await readExportedCount(alertService, load.counts().runs);
  const last = lastSnapshot(stage, settled, { seconds, alerts: await alerts.read() });
  screen.finish(setting, last);
  const summary = judge(last, {
    appEnding,
    exportedDurationCount,
    exemplars: (await alertService.exemplars(startedAtMs, Date.now())).length,
    seconds,
    logs: countLogLines(logPath),
    scenario: options.scenario,
    notifications: stage.messages.counts(),
    isAutomatic: options.isAutomatic,
    isWholeStory: story.isWhole && !stage.interrupted.aborted,
    ...(profile === undefined ? {} : { profile }),
    ...driftEnding(story, { last, logPath }),
    ...(await skewEnding(story, { last, logPath, alertService })),
  });
  if (summary.problems.length > 0) printLines(stage);
  return summary;
}

/** The profile, or why there is none: a service that gives none must not end the demo. */
function recordProfile({ app, apiKey, options }: Stage): Promise<ServiceProfile | Error> {
  const { monitoringUrl } = app;
  return profileService({ monitoringUrl, apiKey, forMs: options.forMs }).catch((cause: unknown) =>
    cause instanceof Error ? cause : new Error(String(cause)),
  );
}

/** What was settled, with everything that arrived while the service ended. */
function lastSnapshot(
  { sink }: Stage,
  settled: Snapshot,
  { seconds, alerts }: { readonly seconds: number; readonly alerts: Snapshot['alerts'] },
): Snapshot {
  return {
    ...settled,
    isOver: true,
    elapsedMs: seconds * 1000,
    requestsPerSecond: settled.load.answered / seconds,
    spans: sink.traces.counts(),
    sink: sink.counts(),
    trace: sink.traces.latestTrace(),
    alerts,
  };
}

/** What the processes said last, to find out why something does not hold. */
function printLines({ alertService, app, screen }: Stage): void {
  for (const line of app.lines()) screen.print(`service: ${line}`);
  for (const line of alertService.lines()) screen.print(`alert service: ${line}`);
}

/** What the drift scenario found, from the log that the service left. */
function driftEnding(
  { drift }: Story,
  { last, logPath }: { readonly last: Snapshot; readonly logPath: string },
): { readonly drift?: DriftSummary } {
  if (drift === undefined) return {};
  const events = readDriftEvents(logPath);
  return { drift: judgeDrift({ ...drift, endMs: Date.now(), events, alerts: last.alerts }) };
}

/** What the skew scenario found: the event in the log, the alert, and the metric behind it. */
async function skewEnding(
  { skew: plan }: Story,
  of: {
    readonly last: Snapshot;
    readonly logPath: string;
    readonly alertService: AlertService;
  },
): Promise<{ readonly skew?: SkewSummary }> {
  if (plan === undefined) return {};
  const stream = `ml_drift_stream="${plan.feature}",ml_drift_direction="input"`;
  const metric = await of.alertService.sum(`max(ml_drift_state{${stream}})`);
  const events = readDriftEvents(of.logPath);
  return { skew: judgeSkew({ plan, events, alerts: of.last.alerts, metric }) };
}

/** The count of inferences as the alert service holds it, once it has all of them. */
async function readExportedCount(service: AlertService, wanted: number): Promise<number> {
  let count = 0;
  await until(async () => {
    count = await service.sum(DURATION_COUNT);
    return count >= wanted;
  });
  return count;
}

/** Waits until it is so, or for a few seconds. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const startedMs = performance.now();
  while (!(await isSo()) && performance.now() - startedMs < EXPORT_SETTLE_MS) await sleep(100);
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
