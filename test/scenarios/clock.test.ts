import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';

const RULES = `groups:
- name: queues
  interval: 10s
  rules:
  - alert: Full
    expr: queue_depth > 100
  - alert: FullForLong
    expr: queue_depth > 100
    for: 30s
  - alert: WasFull
    expr: queue_depth > 1000
    keep_firing_for: 5m
  - alert: Gone
    expr: absent(queue_depth)
  - alert: Few
    expr: count(queue_depth) < 1 or queue_depth > 9999 unless queue_depth
`;

const SECOND_MS = 1000;
const HOUR_MS = 3600 * SECOND_MS;

let service: AlertServiceFixture;

beforeEach(() => {
  service = new AlertServiceFixture();
  service.writeRules(RULES);
  service.configure();
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

/** Sends a value every ten seconds for a while. */
async function live(durationMs: number, value: number): Promise<void> {
  for (let passed = 0; passed < durationMs; passed += 10 * SECOND_MS) {
    await service.gauge(value);
    await service.clock.advance(10 * SECOND_MS);
  }
}

const told = (): string[] => service.sent.flatMap(({ alerts }) => alerts).toSorted();

const FIRING = ['Full firing', 'FullForLong firing', 'WasFull firing'];

describe('a clock that is set', () => {
  test.for([3, -3, 60, -60, 400, -400, 3600, -3600, 86_400, -86_400])(
    'by %i seconds sends no message',
    async (jumpSeconds) => {
      await service.start();
      await live(10 * SECOND_MS, 5000);
      await live(60 * SECOND_MS, 200);
      expect(told()).toEqual(FIRING);
      service.clock.jump(jumpSeconds * SECOND_MS);
      // The senders are silent for a moment, then go on by the new clock.
      await service.clock.advance(30 * SECOND_MS);
      expect([...new Set(told())]).toEqual(FIRING);
      await live(120 * SECOND_MS, 200);
      // A day later the notification is due again, which says the same.
      expect([...new Set(told())]).toEqual(FIRING);
      expect((await service.alerts()).toSorted()).toEqual(FIRING);
    },
  );

  test('lets alerts end afterwards, and keeps what keep_firing_for has waited', async () => {
    await service.start();
    await live(10 * SECOND_MS, 5000);
    await live(60 * SECOND_MS, 200);
    service.clock.jump(-HOUR_MS);
    await live(600 * SECOND_MS, 1);
    expect(told()).toEqual(
      [...FIRING, 'Full resolved', 'FullForLong resolved', 'WasFull resolved'].toSorted(),
    );
  });

  test('does not make a pending alert wait again', async () => {
    await service.start();
    await live(20 * SECOND_MS, 200);
    service.clock.jump(-HOUR_MS);
    await live(20 * SECOND_MS, 200);
    expect(await service.alerts()).toContain('FullForLong firing');
  });

  test('hides no sender that is gone for good', async () => {
    await service.start();
    await live(60 * SECOND_MS, 1);
    service.clock.jump(HOUR_MS);
    await service.clock.advance(10 * SECOND_MS);
    expect(told()).toEqual([]);
    await service.clock.advance(16 * 60 * SECOND_MS);
    expect(told()).toContain('Gone firing');
  });
});

describe('a service that was down for longer than the lookback', () => {
  test('does not take the silence of senders for a fact before they had the time to export', async () => {
    await service.start();
    await live(60 * SECOND_MS, 1);
    await service.stop();
    await service.clock.advance(HOUR_MS);
    await service.start();
    await service.clock.advance(40 * SECOND_MS);
    expect(told()).toEqual([]);
    await live(60 * SECOND_MS, 1);
    expect(told()).toEqual([]);
    expect(await service.alerts()).toEqual([]);
  });

  test('tells of a sender that stays away, after another one has come', async () => {
    await service.start();
    await live(60 * SECOND_MS, 1);
    await service.stop();
    await service.clock.advance(HOUR_MS);
    await service.start();
    await service.gauge(1, { name: 'queue_age' });
    await service.clock.advance(60 * SECOND_MS);
    await service.gauge(1, { name: 'queue_age' });
    await service.clock.advance(16 * 60 * SECOND_MS);
    expect(told()).toContain('Gone firing');
  });

  test('fires for absence at once where no sender was ever known', async () => {
    await service.start();
    await service.clock.advance(20 * SECOND_MS);
    expect(told()).toEqual(['Gone firing']);
  });
});
