import { afterEach, beforeEach, expect, test } from 'vitest';

import { AlertServiceFixture } from '../support/collector/alert-service.ts';
import { encodeOtlp } from '../support/otlp/otlp-proto.ts';

const DELTA = 1;
const MINUTE_MS = 60_000;

let service: AlertServiceFixture;

beforeEach(() => {
  service = new AlertServiceFixture();
  service.writeRules(`groups:
- name: errors
  interval: 1m
  rules:
  - {alert: Errors, expr: 'increase(errors_total[1h]) > 5'}
`);
  service.configure();
});
afterEach(async () => {
  if (service.isRunning) await service.stop();
  service.remove();
});

/** One export of a counter that counted one error since the last one. */
function oneError(): Uint8Array {
  const timeUnixNano = `${service.clock.nowMs()}000000`;
  const dataPoints = [{ asInt: 1, timeUnixNano, startTimeUnixNano: timeUnixNano }];
  const sum = { aggregationTemporality: DELTA, isMonotonic: true, dataPoints };
  return encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'errors', sum }] }] }],
  });
}

test('a delta counter that moves ten times an hour goes on counting', async () => {
  await service.start();
  for (let errors = 0; errors < 10; errors += 1) {
    expect((await service.postBody(oneError())).status).toBe(200);
    await service.clock.advance(6 * MINUTE_MS);
  }
  expect(await service.query('max_over_time(errors_total[1h])')).toEqual([[{}, '10']]);
  expect(await service.alerts()).toEqual(['Errors firing']);
});
