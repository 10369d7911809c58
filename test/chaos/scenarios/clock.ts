/** The wall clock of the service and its senders is set forward and back, far and near. */
import { fileURLToPath } from 'node:url';

import { delay } from '../../support/collector/service-process.ts';
import { Levels } from '../levels.ts';
import { Scene } from '../scene.ts';
import { AcknowledgedSender } from '../sender.ts';
import { shownAlerts } from '../verdict.ts';

const SET_CLOCK = fileURLToPath(new URL('../set-clock.ts', import.meta.url));
const HIGH = ['a', 'b'];
const LOW = ['c'];

const RULES = `groups:
- name: chaos
  interval: 1s
  rules:
  - {alert: Now, expr: chaos_level > 10}
  - {alert: Later, expr: chaos_level > 10, for: 2s}
  - {alert: Gone, expr: absent(chaos_level)}
  - {alert: Few, expr: count(chaos_level) < 3}
`;

const HOUR_MS = 3_600_000;
const JUMPS_MS = [HOUR_MS, -HOUR_MS, 60_000, -60_000, -2 * HOUR_MS, 5000, -5000, 3 * HOUR_MS];

export async function run(): Promise<Record<string, number>> {
  let offsetMs = 0;
  const scene = await Scene.open({
    rules: RULES,
    extra: '  promql: {lookback: 5s}\n',
    nodeFlags: ['--import', SET_CLOCK],
  });
  const levels = new Levels([...HIGH, ...LOW], () => Date.now() + offsetMs);
  const sender = new AcknowledgedSender(scene.ports.otlp);
  levels.sendTo(sender);
  try {
    await delay(3000);
    levels.raise(HIGH);
    await delay(6000);
    const jumpedMs = Date.now();
    for (const jumpMs of JUMPS_MS) {
      offsetMs += jumpMs;
      scene.tell({ jumpMs });
      await delay(3000);
    }
    levels.lower(HIGH);
    await delay(12_000);
    levels.end();
    await sender.end();
    const { lost, falseTransitions } = levels.verdict(scene.sink.received, ['Now', 'Later']);
    // Before its first sample came, the metric was missing indeed.
    const absent = shownAlerts(scene.sink.received).filter(({ alertname, atMs }) => {
      return atMs > jumpedMs && (alertname === 'Gone' || alertname === 'Few');
    });
    return {
      lost,
      falseTransitions: falseTransitions + absent.length,
      healthFailures: scene.health.bad,
      healthProbes: scene.health.good,
      restarts: scene.hasExited ? 1 : 0,
      jumps: JUMPS_MS.length,
    };
  } finally {
    levels.end();
    await scene.close();
  }
}
