/** Five hundred rules switch at once, again and again, while others send a lot. */
import { metricsBody } from '../../support/collector/alert-service.ts';
import { delay } from '../../support/collector/service-process.ts';
import { Levels } from '../levels.ts';
import { Scene } from '../scene.ts';
import { AcknowledgedSender } from '../sender.ts';
import { shownAlerts } from '../verdict.ts';

const RULES = 500;
const ROUNDS = 3;
const BACKGROUND_POINTS = 1000;
const BACKGROUND_EVERY_MS = 100;
const HOLD_MS = 10_000;

export async function run(): Promise<Record<string, number>> {
  const names = Array.from({ length: RULES }, (_, index) => `Storm${index}`);
  const list = names.map((name) => `  - {alert: ${name}, expr: chaos_level > 10}\n`).join('');
  const rules = `groups:\n- name: storm\n  interval: 1s\n  rules:\n${list}`;
  const scene = await Scene.open({ rules });
  const levels = new Levels(['a']);
  const sender = new AcknowledgedSender(scene.ports.otlp);
  levels.sendTo(sender);
  const background = new Background(scene.ports.otlp);
  const changes: number[] = [];
  try {
    await delay(3000);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const change of [() => levels.raise(), () => levels.lower()]) {
        change();
        changes.push(Date.now());
        await delay(HOLD_MS);
      }
    }
    levels.end();
    await sender.end();
    await background.end();
    const waits = shownAlerts(scene.sink.received).map(({ atMs }) => {
      return atMs - (changes.findLast((changedMs) => changedMs <= atMs) ?? atMs);
    });
    return {
      ...levels.verdict(scene.sink.received, names),
      healthFailures: scene.health.bad,
      healthProbes: scene.health.good,
      restarts: scene.hasExited ? 1 : 0,
      messages: waits.length,
      messagesP95Ms: percentile(waits, 0.95),
      otlpP99Ms: percentile(background.tookMs, 0.99),
      otlpRefused: background.refused,
    };
  } finally {
    levels.end();
    await background.end();
    await scene.close();
  }
}

/** Ten thousand points a second that no rule asks for. */
class Background {
  readonly tookMs: number[] = [];
  refused = 0;
  readonly #url: string;
  readonly #running: Promise<void>;
  #isOver = false;

  constructor(port: number) {
    this.#url = `http://127.0.0.1:${port}/v1/metrics`;
    this.#running = this.#run();
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const timeMs = Date.now();
      const points = Array.from({ length: BACKGROUND_POINTS }, (_, index) => {
        return { name: 'background', value: index, timeMs, attributes: { pod: `p${index}` } };
      });
      const body = metricsBody(points) as Uint8Array<ArrayBuffer>;
      const startMs = performance.now();
      const headers = { 'content-type': 'application/x-protobuf' };
      const status = await fetch(this.#url, { method: 'POST', headers, body }).then(
        (response) => response.arrayBuffer().then(() => response.status),
        () => 0,
      );
      this.tookMs.push(performance.now() - startMs);
      if (status !== 200) this.refused += 1;
      await delay(BACKGROUND_EVERY_MS);
    }
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
}
