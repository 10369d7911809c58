import { afterEach, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';

let service: AlertServiceFixture;

afterEach(async () => {
  await service.stop();
  service.remove();
});

const RULES = `groups:
- name: g
  interval: 10s
  rules:
  - {alert: Full, expr: queue_depth > 10}
  - {record: depth_high, expr: queue_depth > 10}
  - {alert: Many, expr: 'count(ALERTS{alertname="Full", alertstate="firing"}) > 0'}
  - {alert: High, expr: 'count(depth_high) > 0'}
`;

test('what rules wrote before a crash ends when they no longer write it', async () => {
  service = new AlertServiceFixture();
  service.writeRules(RULES);
  service.configure('  restore: {hold_max: 1s}\n');
  await service.start();
  for (let round = 0; round < 3; round += 1) {
    await service.gauge(20);
    await service.clock.advance(10_000);
  }
  expect((await service.alerts()).toSorted()).toEqual([
    'Full firing',
    'High firing',
    'Many firing',
  ]);
  await service.crash();
  await service.clock.advance(5000);
  await service.start();
  for (let round = 0; round < 3; round += 1) {
    await service.gauge(0);
    await service.clock.advance(10_000);
  }
  expect(await service.alerts()).toEqual([]);
});
