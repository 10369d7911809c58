import { afterEach, expect, test, vi } from 'vitest';

import { loadConfig } from '../../../../src/telltale/src/config.ts';
import { driftMonitor } from '../../../../src/telltale/src/drift/monitor.ts';

const SLOTS = Symbol.for('@telltale/core.v1');

afterEach(() => {
  (globalThis as { [SLOTS]?: Map<string, unknown> })[SLOTS]?.delete('telltale.drift');
});

const optionsOf = (code: Readonly<Record<string, string>>) => {
  const config = loadConfig({ env: {}, folder: '/nowhere', code });
  expect(config.problems).toEqual([]);
  return driftMonitor(config).options;
};

test('defaults are those of the monitor', () => {
  expect(optionsOf({})).toMatchObject({
    window: 1000,
    driftThreshold: 0.05,
    alertThreshold: 0.1,
    falseAlarmEvery: 1e6,
    decision: 'evidence',
    baseline: { size: 1000, warmup: 100 },
    thinning: 'auto',
    sampleBy: 'records',
    seasonal: 'none',
    streamsMax: 256,
  });
});

test('every option arrives', () => {
  const options = optionsOf({
    'drift.window': '500',
    'drift.drift_threshold': '0.1',
    'drift.alert_threshold': '0.2',
    'drift.false_alarm_every': '30d',
    'drift.decision': 'threshold',
    'drift.metric': 'psi',
    'drift.compare': 'previous',
    'drift.state_dir': '/var/lib/app',
    'drift.baseline.size': '400',
    'drift.baseline.size_max': '400',
    'drift.baseline.warmup': '0',
    'drift.thinning': '4',
    'drift.sample_by': '2s',
    'drift.seasonal': 'hour-of-week',
    'drift.streams_max': '10',
    'drift.seed': '9',
  });
  expect(options).toMatchObject({
    window: 500,
    driftThreshold: 0.1,
    alertThreshold: 0.2,
    falseAlarmEveryMs: 30 * 86_400_000,
    decision: 'threshold',
    metric: 'psi',
    compare: 'previous',
    stateDir: expect.stringMatching(/^.var.lib.app/u),
    baseline: { size: 400, warmup: 0, sizeMax: 400 },
    thinning: 4,
    sampleBy: 2000,
    seasonal: 'hour-of-week',
    streamsMax: 10,
    seed: 9,
  });
});

test('learning waits for turns of the event loop', async () => {
  const { schedule } = driftMonitor(loadConfig({ env: {}, folder: '/nowhere' })).options;
  let isDone = false;
  schedule(() => (isDone = true));
  expect(isDone).toBe(false);
  await vi.waitUntil(() => isDone);
});

test('there is one monitor a process', () => {
  const config = loadConfig({ env: {}, folder: '/nowhere' });
  expect(driftMonitor(config)).toBe(driftMonitor(config));
});
