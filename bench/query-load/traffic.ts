import { metricsBody } from '../../test/support/collector/alert-service.ts';
import { delay } from '../../test/support/collector/service-process.ts';
import type { Answer } from './figures.ts';
import type { LoadedService } from './service.ts';

const POINTS = 200;
const SEND_GAP_MS = 25;

/** Sends metrics of an application until the signal, one request after the other. */
export async function sendInLoop(service: LoadedService, signal: AbortSignal): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (!signal.aborted && !service.hasExited) {
    const timeMs = Date.now();
    const points = Array.from({ length: POINTS }, (_, index) => {
      return { name: 'depth', value: index, timeMs, attributes: { pod: `p${index}` } };
    });
    const body = metricsBody(points);
    answers.push(await timed(() => service.send(body)));
    await delay(SEND_GAP_MS);
  }
  return answers;
}

/** Asks the same again and again. */
export async function readInLoop(
  service: LoadedService,
  signal: AbortSignal,
  path: string,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  while (!signal.aborted && !service.hasExited) {
    answers.push(await timed(() => ask(`${service.apiUrl}${path}`)));
    await delay(10);
  }
  return answers;
}

async function ask(url: string): Promise<number> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
}

async function timed(send: () => Promise<number>): Promise<Answer> {
  const startMs = performance.now();
  const status = await send().catch(() => 0);
  return { tookMs: performance.now() - startMs, status };
}
