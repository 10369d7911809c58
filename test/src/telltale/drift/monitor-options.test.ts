import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { formatProblem, loadConfig } from '../../../../src/telltale/src/config.ts';
import { monitorOptions } from '../../../../src/telltale/src/drift/monitor-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'telltale-drift-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(content: string) {
  const path = join(folder, 'telltale.yaml');
  writeFileSync(path, content);
  const config = loadConfig({ env: { TELLTALE_CONFIG: path }, folder });
  const problems = config.problems.map((problem) => formatProblem(problem, 'f.yaml'));
  return { options: monitorOptions(config), problems };
}

describe('monitorOptions()', () => {
  test('settings of single streams', () => {
    const { options, problems } = load(`drift:
  streams:
    amount: { drift_threshold: 0.02, false_alarm_every: 30d, window: 500 }
    "fraud/kind*": { classes: [fraud, chargeback], thinning: auto }
    daily: { profile: short, baseline_size: 24, false_alarm_every: 5000 }
`);
    expect(problems).toEqual([]);
    expect(options.streams).toEqual({
      amount: { driftThreshold: 0.02, falseAlarmEveryMs: 30 * 86_400_000, window: 500 },
      'fraud/kind*': { classes: ['fraud', 'chargeback'], thinning: 'auto' },
      daily: { profile: 'short', baselineSize: 24, falseAlarmEvery: 5000 },
    });
  });

  test('a profile leaves what was set', () => {
    const { options } = load('drift:\n  profile: short\n  window: 150\n');
    expect(options).toMatchObject({ profile: 'short', window: 150, driftThreshold: 0.4 });
    expect(options.baseline).toEqual({ size: 12, warmup: 0, sizeMax: 12 });
    expect(options).not.toHaveProperty('falseAlarmEvery');
  });

  const fields =
    'profile, window, drift_threshold, alert_threshold, false_alarm_every, baseline_size, thinning, classes';

  test.each([
    [
      'drift:\n  streams: amount\n',
      `f.yaml:2:12 drift.streams: Cannot use it: expected a mapping of names to settings, which are ${fields}: current value is "amount"`,
    ],
    [
      'drift:\n  streams: { amount: 3 }\n',
      `f.yaml:2:12 drift.streams: Cannot use it: expected settings for "amount", which are ${fields}: current value is "3"`,
    ],
    [
      'drift:\n  streams: { amount: { treshold: 3 } }\n',
      `f.yaml:2:12 drift.streams: Cannot use it: expected settings of "amount" out of ${fields}: current value is "treshold"`,
    ],
    [
      'drift:\n  streams: { amount: { window: 3 } }\n',
      'f.yaml:2:12 drift.streams: Cannot use it: "amount" window: expected a number from 10 on: current value is "3"',
    ],
    [
      'drift:\n  streams: { amount: { drift_threshold: 0.2, alert_threshold: 0.1 } }\n',
      'f.yaml:2:12 drift.streams: Cannot use alert_threshold of "amount": expected at least its drift threshold, which is 0.2: current value is "0.1"',
    ],
    [
      'drift:\n  streams: { amount: { false_alarm_every: soon } }\n',
      'f.yaml:2:12 drift.streams: Cannot use false_alarm_every of "amount": expected a number of records or a time such as 30d: current value is "soon"',
    ],
  ])('%s', (content, problem) => {
    expect(load(content).problems).toEqual([problem]);
  });
});
