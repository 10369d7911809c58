/**
 * `npm run chaos -- --kills 20 --seed 1 --json`: kill -9 at random moments under load. Other faults:
 * `npm run chaos -- --scenario disk|clock|slow-clients|storm --json`.
 *
 * `--scenario notify` kills it while 10,000 alerts go to receivers that are ill.
 *
 * A sender with a queue, the service and a webhook receiver run as on one host. At the end, every
 * acknowledged sample must be in the service and every alert that was due must have been shown.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  delay,
  freePort,
  ServiceProcess,
  WebhookSink,
} from '../support/collector/service-process.ts';
import { readCommandLine } from '../support/command-line.ts';
import { runNotifyChaos } from './notify/run.ts';
import { createRandom, PhasePlan } from './phases.ts';
import { run as runClock } from './scenarios/clock.ts';
import { run as runDisk } from './scenarios/disk.ts';
import { run as runSlowClients } from './scenarios/slow-clients.ts';
import { run as runStorm } from './scenarios/storm.ts';
import { AcknowledgedSender } from './sender.ts';
import {
  duplicateMessages,
  falseTransitions,
  forDriftMs,
  lostSamples,
  lostTransitions,
  type Outage,
  phaseStories,
  shownAlerts,
  storedSamples,
} from './verdict.ts';

const UNITS = ['a', 'b', 'c', 'd', 'e'];
const SEND_EVERY_MS = 100;
const INTERVAL_MS = 1000;
const FOR_MS = 3000;
const SETTLE_MS = 6000;
/** Every so many answers of the receiver is a 503. */
const FAILING_SHARE = 0.1;

const RULES = `groups:
- name: chaos
  interval: 1s
  rules:
  - alert: Now
    expr: chaos_level > 10
  - alert: Later
    expr: chaos_level > 10
    for: 3s
`;

const { values: options } = readCommandLine({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    scenario: { type: 'string', default: 'alerts' },
  },
});

interface Setting {
  readonly folder: string;
  readonly service: ServiceProcess;
  readonly sink: WebhookSink;
  readonly otlpPort: number;
}

async function prepare(random: () => number): Promise<Setting> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-chaos-'));
  const sink = new WebhookSink();
  sink.answer = () => (random() < FAILING_SHARE ? 503 : 200);
  await sink.start();
  const [otlpPort, apiPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'rules.yml'), RULES);
  writeFileSync(
    join(folder, 'telltale.yaml'),
    `collector:
  listen: {otlp: '127.0.0.1:${otlpPort}', api: '127.0.0.1:${apiPort}'}
  rules: [rules.yml]
  retain_all: 1h
  log: {level: warn}
  notify:
    group_by: ['...']
    receivers: [{name: hook, type: webhook, url: '${sink.url}'}]
    outbox: {backoff: {initial: 200ms}}
`,
  );
  return { folder, sink, otlpPort, service: new ServiceProcess(folder, apiPort) };
}

/** Feeds the sender on time until `stop` is called. */
function feed(plan: PhasePlan, sender: AcknowledgedSender): () => void {
  let sequence = 0;
  const timer = setInterval(() => {
    const timeMs = Date.now();
    const high = plan.high(timeMs);
    sequence += 1;
    sender.send(
      UNITS.flatMap((unit) => {
        const attributes = { unit };
        return [
          { name: 'chaos_level', value: high.has(unit) ? 20 : 1, timeMs, attributes },
          { name: 'chaos_sequence', value: sequence, timeMs, attributes },
        ];
      }),
    );
  }, SEND_EVERY_MS);
  return () => clearInterval(timer);
}

async function killRepeatedly(
  service: ServiceProcess,
  kills: number,
  random: () => number,
): Promise<Outage[]> {
  const outages: Outage[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    await delay(500 + random() * 3500);
    const fromMs = Date.now();
    await service.end('SIGKILL');
    await service.start();
    outages.push({ fromMs, toMs: Date.now() });
    if (!options.json) process.stdout.write(`kill ${kill}: down for ${Date.now() - fromMs} ms\n`);
  }
  return outages;
}

async function readSequences(service: ServiceProcess): Promise<Set<string>> {
  const query = encodeURIComponent('chaos_sequence[1h]');
  const answer = (await service.get(`/api/v1/query?query=${query}`)) as {
    data: { result: Parameters<typeof storedSamples>[0] };
  };
  return storedSamples(answer.data.result);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

async function main(): Promise<void> {
  const kills = Number(options.kills);
  const random = createRandom(Number(options.seed));
  const setting = await prepare(random);
  const { service, sink, folder } = setting;
  try {
    await service.start();
    const plan = new PhasePlan(UNITS, random, Date.now());
    const sender = new AcknowledgedSender(setting.otlpPort);
    const stopFeeding = feed(plan, sender);
    const outages = await killRepeatedly(service, kills, random);
    plan.end();
    while (plan.isActive) await delay(SEND_EVERY_MS);
    await delay(SETTLE_MS);
    stopFeeding();
    await sender.end();
    const sequences = sender.acknowledged.filter(({ name }) => name === 'chaos_sequence');
    const lost = lostSamples(sequences, await readSequences(service));
    const shown = shownAlerts(sink.received);
    const { phases } = plan;
    const later = phaseStories(phases, shown, 'Later');
    const stories = [...phaseStories(phases, shown, 'Now'), ...later];
    const drifts = later.map((story) => forDriftMs(story, { forMs: FOR_MS, outages }));
    for (const story of stories) {
      if (lostTransitions(story) + falseTransitions(story) === 0) continue;
      process.stderr.write(`${JSON.stringify({ ...story, outages })}\n`);
    }
    const verdict = {
      kills,
      acknowledgedSamples: sequences.length,
      acknowledgedSamplesLost: lost.length,
      phases: phases.length,
      transitionsLost: sum(stories.map(lostTransitions)),
      transitionsFalse: sum(stories.map(falseTransitions)),
      duplicates: duplicateMessages(shown),
      forDriftMaxIntervals: Math.round((Math.max(0, ...drifts) / INTERVAL_MS) * 100) / 100,
      repeatedRequests: sender.repeats,
    };
    process.stdout.write(`${JSON.stringify(verdict)}\n`);
    const isGood =
      verdict.acknowledgedSamplesLost + verdict.transitionsLost + verdict.transitionsFalse === 0 &&
      verdict.duplicates <= kills &&
      verdict.forDriftMaxIntervals <= 1;
    process.exitCode = isGood ? 0 : 1;
  } finally {
    await service.end('SIGKILL');
    sink.stop();
    rmSync(folder, { recursive: true });
  }
}

async function notify(): Promise<void> {
  const verdict = await runNotifyChaos({
    kills: Number(options.kills),
    seed: Number(options.seed),
    onKill: (line) => {
      if (!options.json) process.stdout.write(`${line}\n`);
    },
  });
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
  process.exitCode = verdict.isGood ? 0 : 1;
}

/** Runs a fault and says whether nothing was lost and nothing told wrongly. */
async function fault(
  name: string,
  run: () => Promise<Readonly<Record<string, number>>>,
): Promise<void> {
  const figures = await run();
  const faults = ['lost', 'falseTransitions', 'healthFailures', 'restarts', 'notReadyAfterwards'];
  process.stdout.write(`${JSON.stringify({ scenario: name, ...figures })}\n`);
  process.exit(faults.every((each) => (figures[each] ?? 0) === 0) ? 0 : 1);
}

const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  alerts: main,
  notify,
  disk: () => fault('disk', runDisk),
  clock: () => fault('clock', runClock),
  'slow-clients': () => fault('slow-clients', runSlowClients),
  storm: () => fault('storm', runStorm),
};
const scenario = SCENARIOS[options.scenario];
if (scenario === undefined) {
  const known = Object.keys(SCENARIOS).join(', ');
  process.stderr.write(`Unknown scenario "${options.scenario}": use one of ${known}\n`);
  process.exitCode = 2;
} else {
  await scenario();
}
