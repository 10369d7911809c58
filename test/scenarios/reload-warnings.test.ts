import { afterEach, expect, test } from 'vitest';

import { createLog } from '../../collector/src/runtime/log.ts';
import { AlertServiceFixture } from '../support/collector/alert-service.ts';

const service = new AlertServiceFixture();
afterEach(async () => {
  await service.stop();
  service.remove();
});

test('a reload names what takes effect after a restart only', async () => {
  service.writeRules('groups: []\n');
  service.configure();
  const warned: unknown[] = [];
  const silent = createLog('silent');
  const app = service.create({
    log: {
      ...silent,
      warn: (fields, message) => {
        if (message.includes('after a restart only')) warned.push(fields['section']);
      },
    },
  });
  await app.start();
  expect(app.reload('ann')).toEqual([]);
  const before = [...warned];
  service.configText = service.configText
    .replace(
      '  notify:\n',
      '  notify:\n    outbox: {max_age: 2d}\n    rate_limits: {slack: {per_second: 2}}\n',
    )
    .replace('  rules:', '  external_labels: {zone: a}\n  rules:');
  expect(app.reload('ann')).toEqual([]);
  expect([before, warned]).toEqual([
    [],
    ['external_labels', 'notify.outbox', 'notify.rate_limits'],
  ]);
});
