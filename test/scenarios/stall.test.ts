import { afterEach, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';

let service: AlertServiceFixture;

afterEach(async () => {
  await service.stop();
  service.remove();
});

async function startWith(rules: string): Promise<void> {
  service = new AlertServiceFixture();
  service.writeRules(`groups:\n- name: g\n  interval: 1s\n  rules: [${rules}]\n`);
  service.configure('  retain_all: 5m\n  evaluation: {on_arrival: {groups: []}}\n');
  await service.start();
}

/** Sends the samples of each tenth of a second of a while that the service sleeps through. */
async function sendAhead(values: readonly number[]): Promise<void> {
  const nowMs = service.clock.nowMs();
  const points = values.map((value, index) => {
    return { name: 'queue_depth', value, timeMs: nowMs + index * 100 };
  });
  for (const point of points) await service.post([point]);
}

test('a condition that came and went while the process had no processor is told', async () => {
  await startWith(`{alert: Full, expr: 'queue_depth > 5'}`);
  await service.gauge(0);
  await service.clock.advance(2000);
  // High for 1.2 s, which one slot at least sees; low again before the process runs.
  await sendAhead([...Array.from({ length: 22 }, (_, at) => (at > 4 && at < 17 ? 9 : 0)), 0]);
  service.clock.stall(3500);
  await service.clock.advance(60_000);
  const told = service.sent.flatMap(({ alerts }) => alerts);
  expect(told).toEqual(['Full firing', 'Full resolved']);
});

test('recordings have no holes after a stall, and alerts began when they did', async () => {
  await startWith(
    `{record: depth, expr: queue_depth}, {alert: Full, expr: 'queue_depth > 5', for: 2s}`,
  );
  await service.gauge(9);
  await service.clock.advance(1500);
  service.clock.stall(4000);
  await service.clock.advance(1000);
  const range = await service.get('/api/v1/query?query=depth%5B1m%5D');
  const matrix = (await range.json()) as {
    data: { result: { values: readonly (readonly [number, string])[] }[] };
  };
  const times = matrix.data.result[0]?.values.map(([seconds]) => Math.round(seconds * 1000)) ?? [];
  const steps = times.slice(1).map((timeMs, at) => timeMs - (times[at] ?? 0));
  expect(steps.length).toBeGreaterThan(4);
  expect(new Set(steps)).toEqual(new Set([1000]));
  const answer = (await (await service.get('/api/v1/alerts')).json()) as {
    data: { alerts: { state: string; activeAt: string }[] };
  };
  const [alert] = answer.data.alerts;
  const sinceMs = service.clock.nowMs() - Date.parse(alert?.activeAt ?? '');
  expect([alert?.state, sinceMs > 5000 && sinceMs < 6500]).toEqual(['firing', true]);
});
