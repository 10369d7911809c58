import { afterEach, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';

let service: AlertServiceFixture;

afterEach(async () => {
  await service.stop();
  service.remove();
});

test.each([3, 9])('a sender whose clock is %i minutes behind is named once', async (minutes) => {
  service = new AlertServiceFixture();
  service.writeRules('groups: [{name: g, rules: [{alert: Full, expr: queue_depth > 10}]}]');
  service.configure();
  await service.start();
  const send = async (behindMinutes: number): Promise<void> => {
    const nowMs = service.clock.nowMs();
    await service.post([
      { name: 'queue_depth', value: 1, timeMs: nowMs - behindMinutes * 60_000, instance: 'slow' },
      { name: 'queue_depth', value: 1, timeMs: nowMs, instance: 'good' },
    ]);
    await service.clock.advance(15_000);
  };
  // A sender that was right once has a series; later all of its samples may be too old.
  await send(0);
  for (let round = 0; round < 20; round += 1) await send(minutes);
  const told = (): readonly string[] => service.sent.flatMap(({ alerts }) => alerts);
  expect(told()).toEqual(['TelltaleSenderClockBehind firing']);
  for (let round = 0; round < 25; round += 1) await send(0);
  expect(told()).toEqual([
    'TelltaleSenderClockBehind firing',
    'TelltaleSenderClockBehind resolved',
  ]);
});
