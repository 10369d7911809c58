import { describe, expect, test } from 'vitest';

import { parseOptions } from '../../../../examples/phishing/demo/options.ts';

const argv = (...words: string[]): string[] => ['node', 'demo.ts', ...words];

describe('parseOptions()', () => {
  test('runs until Ctrl-C in a terminal, for 20 seconds elsewhere', () => {
    const expected = {
      isJson: false,
      port: 0,
      metricsPort: 0,
      requestsPerSecond: 120,
      scenario: 'alerts',
      seed: 1,
      isAutomatic: false,
      hasOtelCollector: false,
      gpu: 'auto',
      hasProfile: false,
    };
    expect(parseOptions(argv(), true)).toEqual({ ...expected, forMs: undefined });
    expect(parseOptions(argv(), false)).toEqual({ ...expected, forMs: 20_000 });
    expect(parseOptions(argv('--json'), true)).toEqual({
      ...expected,
      isJson: true,
      forMs: 20_000,
    });
  });

  test('the drift scenario runs for a minute and sends more', () => {
    const drift = argv('--scenario', 'drift', '--seed', '7', '--json');
    expect(parseOptions(drift, false)).toMatchObject({
      forMs: 60_000,
      requestsPerSecond: 160,
      scenario: 'drift',
      seed: 7,
    });
  });

  test.for([
    ['500ms', 500],
    ['5s', 5000],
    ['2m', 120_000],
  ] as const)('reads the duration %s', ([text, forMs]) => {
    expect(parseOptions(argv('--for', text), true).forMs).toBe(forMs);
  });

  test('reads ports and the rate', () => {
    const options = parseOptions(
      argv('--port', '3000', '--metrics-port=9464', '--rate', '2.5'),
      false,
    );
    expect(options).toMatchObject({ port: 3000, metricsPort: 9464, requestsPerSecond: 2.5 });
  });
});
