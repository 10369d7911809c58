import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import {
  type DriftEvent,
  readDriftEvents,
} from '../../../../examples/phishing/demo/drift/drift-events.ts';
import {
  type DriftPlan,
  planDrift,
  shiftAt,
} from '../../../../examples/phishing/demo/drift/drift-story.ts';
import {
  type DriftRun,
  driftProblems,
  judgeDrift,
} from '../../../../examples/phishing/demo/drift/drift-verdict.ts';
import { PredictionClock } from '../../../../examples/phishing/demo/drift/prediction-clock.ts';
import { FEATURES, loadDataset } from '../../../../examples/phishing/training/dataset.ts';

const PLAN: DriftPlan = {
  filtered: { kind: 'filtered', feature: 'popup_window', value: 0.5 },
  broken: { kind: 'broken', feature: 'https', value: 0 },
};

describe('planDrift()', () => {
  const rows = loadDataset();
  const share = (feature: string, value: number): number =>
    rows.filter(({ features }) => features[FEATURES.indexOf(feature as never)] === value).length /
    rows.length;

  test('breaks another feature than it filters, and both move much', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { filtered, broken } = planDrift(rows, seed);
      expect(filtered.feature).not.toBe(broken.feature);
      expect(share(filtered.feature, filtered.value)).toBeGreaterThanOrEqual(0.2);
      expect(share(filtered.feature, filtered.value)).toBeLessThanOrEqual(0.6);
      expect(share(broken.feature, broken.value)).toBeLessThanOrEqual(0.5);
    }
  });

  test('depends on the seed alone', () => {
    expect(planDrift(rows, 3)).toEqual(planDrift(rows, 3));
    const plans = Array.from({ length: 10 }, (_, seed) => planDrift(rows, seed).filtered.feature);
    expect(new Set(plans).size).toBeGreaterThan(3);
  });
});

test.for([
  [23, 60, 'none'],
  [24, 60, 'filtered'],
  [35.9, 60, 'filtered'],
  [36, 60, 'broken'],
  [41.9, 60, 'broken'],
  [42, 60, 'none'],
  [30, undefined, 'filtered'],
  [90, undefined, 'none'],
] as const)('shiftAt() %d s of %s s: %s', ([at, length, kind]) => {
  const forMs = length === undefined ? undefined : length * 1000;
  expect(shiftAt(PLAN, at * 1000, forMs).kind).toBe(kind);
});

test('PredictionClock interpolates, and is still outside its notes', () => {
  const clock = new PredictionClock();
  expect(clock.at(5)).toBe(0);
  clock.note(100, 10);
  clock.note(200, 30);
  expect([50, 100, 150, 200, 999].map((timeMs) => clock.at(timeMs))).toEqual([10, 10, 20, 30, 30]);
});

describe('readDriftEvents()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drift-events-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('finds changes of state among all lines, oldest first', () => {
    const line = (name: string, timestamp: string): string =>
      JSON.stringify({
        timestamp,
        type: 'ALERT',
        'event.name': name,
        'ml.drift.stream': 'https',
        'ml.drift.direction': 'input',
        'ml.drift.aspect': 'value',
        'ml.drift.to': 'drift',
        'ml.drift.distance': 0.25,
      });
    const lines = [
      line('ml.drift.recovered', '2026-11-21T10:00:02.000Z'),
      line('ml.drift.detected', '2026-11-21T10:00:01.000Z'),
      line('ml.model.load', '2026-11-21T10:00:00.000Z'),
      '{"torn',
    ];
    writeFileSync(join(folder, 'app.123.log'), `${lines.join('\n')}\n`);
    const event = {
      stream: 'https',
      direction: 'input',
      aspect: 'value',
      to: 'drift',
      distance: 0.25,
    };
    expect(readDriftEvents(join(folder, 'app.log'))).toEqual([
      { ...event, kind: 'detected', timeMs: Date.parse('2026-11-21T10:00:01.000Z') },
      { ...event, kind: 'recovered', timeMs: Date.parse('2026-11-21T10:00:02.000Z') },
    ]);
  });
});

describe('judgeDrift()', () => {
  const predictions = new PredictionClock();
  predictions.note(0, 0);
  predictions.note(60_000, 6000);
  const event = (stream: string, timeMs: number, more: Partial<DriftEvent> = {}): DriftEvent => ({
    kind: 'detected',
    timeMs,
    stream,
    direction: 'input',
    aspect: 'value',
    to: 'drift',
    distance: 0.06,
    ...more,
  });
  const alert = (stream: string, firedAtMs: number) => ({
    name: 'FeatureDrift',
    stream,
    transitions: ['pending', 'firing'] as const,
    firedAtMs,
  });
  const run = (more: Partial<DriftRun>): DriftRun => ({
    plan: PLAN,
    filteredMs: 24_000,
    brokenMs: 36_000,
    endMs: 60_000,
    events: [
      event('probabilities.score', 25_000, { direction: 'output' }),
      event('popup_window', 26_000),
      event('https', 37_000),
      event('popup_window', 50_000, { kind: 'recovered' }),
    ],
    alerts: [alert('popup_window', 29_000), alert('https', 40_000)],
    predictions,
    ...more,
  });

  test('tells the feature, the delays and what recovered', () => {
    expect(judgeDrift(run({}))).toEqual({
      falseAlertsBeforeShift: 0,
      delayPredictions: 200,
      feature: 'popup_window',
      filtered: {
        what: 'only pages with popup_window 0.5',
        feature: 'popup_window',
        delayPredictions: 200,
        alerted: 'popup_window',
        alertDelayPredictions: 500,
      },
      broken: {
        what: 'https is always 0',
        feature: 'https',
        delayPredictions: 100,
        alerted: 'https',
        alertDelayPredictions: 400,
      },
      recovered: 1,
      drifted: 2,
    });
    expect(driftProblems(judgeDrift(run({})))).toEqual([]);
  });

  test.for<readonly [string, Partial<DriftRun>, readonly string[]]>([
    [
      'a false alarm',
      { events: [event('long_url', 20_000), ...run({}).events] },
      ['1 drift alerts before anything changed'],
    ],
    [
      'an alert before the shift',
      { alerts: [alert('long_url', 20_000), ...run({}).alerts] },
      ['1 drift alerts before anything changed'],
    ],
    [
      'another feature named',
      { alerts: [alert('long_url', 29_000), alert('https', 40_000)] },
      ['the drift alert named long_url: only pages with popup_window 0.5'],
    ],
    [
      'nothing found at all',
      { events: [], alerts: [] },
      [
        'the drift alert named nothing: only pages with popup_window 0.5',
        'the drift alert named nothing: https is always 0',
      ],
    ],
  ])('%s is a problem', ([, more, problems]) => {
    expect(driftProblems(judgeDrift(run(more)))).toEqual(problems);
  });
});
