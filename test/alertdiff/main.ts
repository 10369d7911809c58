/**
 * `npm run alertdiff -- [--for 200s] [--seed 1] [--json]`: generated rule groups on the service (at
 * slots, on arrival, and killed five times) beside Prometheus and Alertmanager on the same OTLP
 * stream. Every recorded sample and every `ALERTS` of every slot is compared. Ends with 1 when a
 * difference is not explained, a slot was missed, or an alert fired on arrival only.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SeededRandom } from '@telltale/statistics';

import { parseDuration } from '../../collector/src/model/duration.ts';
import { delay, WebhookSink } from '../support/collector/service-process.ts';
import { readCommandLine } from '../support/command-line.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import type { Stretch } from './compare.ts';
import {
  type RunningPrometheus,
  type RunningService,
  startPrometheus,
  startService,
} from './programs.ts';
import { generateRules } from './rules.ts';
import { sendStream } from './stream.ts';
import { type AlertdiffReport, compareAll } from './verdict.ts';

const MEMORY_FOLDER = '/dev/shm';
const KILLS = 5;
/** Samples are sent so long before their time that a busy machine has them when it evaluates. */
const AHEAD_MS = 10_000;
/** From the start of the programs to the first sample's time. */
const LEAD_MS = 13_000;
/** The last slots are evaluated and told before they are read. */
const SETTLE_MS = 5000;

const { values } = readCommandLine({
  options: {
    for: { type: 'string', default: '200s' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

/** Kills the service at even times. @returns when it was away, until it ran again */
async function killOften(service: RunningService, seconds: number): Promise<readonly Stretch[]> {
  const stretches: Stretch[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    await delay((seconds * 1000) / (KILLS + 1));
    const fromMs = Date.now();
    await service.process.end('SIGKILL');
    await service.process.start();
    stretches.push({ fromMs, toMs: Date.now() });
  }
  return stretches;
}

interface Programs {
  readonly prometheus: RunningPrometheus;
  readonly slots: RunningService;
  readonly arrival: RunningService;
  /** What slots make of samples that come when they are due, as they do for the one above. */
  readonly mirror: RunningService;
  readonly killed: RunningService;
  readonly sinks: Readonly<Record<'ours' | 'theirs' | 'other', WebhookSink>>;
}

async function startAll({
  folder,
  rulesFile,
  binaries,
}: {
  readonly folder: string;
  readonly rulesFile: string;
  readonly binaries: { readonly prometheus: string; readonly alertmanager: string };
}): Promise<Programs> {
  const sinks = { ours: new WebhookSink(), theirs: new WebhookSink(), other: new WebhookSink() };
  for (const sink of Object.values(sinks)) await sink.start();
  const prometheus = await startPrometheus(join(folder, 'prometheus'), binaries, {
    rulesFile,
    sink: sinks.theirs,
  });
  const start = (name: string, onArrival: boolean, sink: WebhookSink): Promise<RunningService> =>
    startService(join(folder, name), { rulesFile, hookUrl: sink.url, onArrival });
  return {
    prometheus,
    slots: await start('slots', false, sinks.ours),
    arrival: await start('arrival', true, sinks.other),
    mirror: await start('mirror', false, sinks.other),
    killed: await start('killed', false, sinks.other),
    sinks,
  };
}

async function runAndCompare(
  programs: Programs,
  { seconds, seed }: { readonly seconds: number; readonly seed: number },
): Promise<AlertdiffReport> {
  const { prometheus, slots, arrival, mirror, killed, sinks } = programs;
  const startMs = Math.ceil((Date.now() + LEAD_MS) / 1000) * 1000;
  const targets = [
    ...[prometheus, slots, killed].map(({ otlpUrl }) => ({ url: otlpUrl, aheadMs: AHEAD_MS })),
    ...[arrival, mirror].map(({ otlpUrl }) => ({ url: otlpUrl, aheadMs: 0 })),
  ];
  const sent = sendStream(targets, { startMs, seconds, seed });
  await delay(startMs - Date.now());
  const away = await killOften(killed, seconds);
  const [theirs = [], ours = [], restarted = [], atOnce = []] = await sent;
  await delay(Math.max(0, startMs + seconds * 1000 + SETTLE_MS - Date.now()));
  return compareAll({
    apis: {
      theirs: prometheus.api,
      slots: slots.api,
      arrival: arrival.api,
      mirror: mirror.api,
      killed: killed.api,
    },
    sinks,
    passages: { theirs, slots: ours, killed: restarted, arrival: atOnce },
    away,
    within: { fromMs: startMs + 10_000, toMs: startMs + seconds * 1000 - 2000 },
    onDifference: (text) => process.stderr.write(`${text}\n`),
  });
}

async function main(binaries: {
  readonly prometheus: string;
  readonly alertmanager: string;
}): Promise<void> {
  const seconds = parseDuration(values.for) / 1000;
  const seed = Number(values.seed);
  // In memory where there is such a folder: the comparison is of rules and not of disks.
  const base = existsSync(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
  const folder = mkdtempSync(join(base, 'telltale-alertdiff-'));
  // Slots follow from the path of the rule file: the same seed has the same ones.
  const rulesFolder = join(base, `telltale-alertdiff-rules-${seed}`);
  mkdirSync(rulesFolder, { recursive: true });
  const rulesFile = join(rulesFolder, 'rules.yml');
  writeFileSync(rulesFile, generateRules(new SeededRandom(seed)));
  const programs = await startAll({ folder, rulesFile, binaries });
  try {
    const report = await runAndCompare(programs, { seconds, seed });
    process.stdout.write(`${JSON.stringify(report, undefined, values.json ? 0 : 2)}\n`);
    const isGood =
      report.comparisons > 0 &&
      report.differencesUnexplained === 0 &&
      report.slotsMissed === 0 &&
      report.falseEpisodesOnArrival === 0;
    process.exitCode = isGood ? 0 : 1;
  } finally {
    const { prometheus, slots, arrival, mirror, killed, sinks } = programs;
    for (const { process: service } of [slots, arrival, mirror, killed])
      await service.end('SIGKILL');
    await prometheus.end();
    for (const sink of Object.values(sinks)) sink.stop();
    for (const path of [folder, rulesFolder]) rmSync(path, { recursive: true, force: true });
  }
}

const prometheus = referenceBinaryOrWarn('prometheus', 'alertdiff');
const alertmanager = referenceBinaryOrWarn('alertmanager', 'alertdiff');
if (prometheus !== undefined && alertmanager !== undefined)
  await main({ prometheus, alertmanager });
