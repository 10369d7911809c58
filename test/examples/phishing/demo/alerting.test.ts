import { describe, expect, test } from 'vitest';

import {
  type AlertEvent,
  alertStories,
  isWholeStory,
} from '../../../../examples/phishing/demo/alerting/alert-story.ts';
import {
  alertProblems,
  watchAlerts,
} from '../../../../examples/phishing/demo/alerting/alert-watch.ts';
import {
  faultAt,
  isFaultMessage,
} from '../../../../examples/phishing/demo/alerting/fault-schedule.ts';

describe('faultAt()', () => {
  const seconds = (atSeconds: number, forSeconds: number | undefined) =>
    faultAt(atSeconds * 1000, forSeconds === undefined ? undefined : forSeconds * 1000);

  test.for([
    [0, 40, 'none'],
    [4, 40, 'slow'],
    [11.9, 40, 'slow'],
    [12, 40, 'none'],
    [20, 40, 'errors'],
    [26, 40, 'none'],
    [39, 40, 'none'],
    [10, 20, 'none'],
    [5, undefined, 'slow'],
    [300, undefined, 'none'],
    [21, 120, 'errors'],
  ] as const)('at %d s of %s s: %s', ([at, length, fault]) => {
    expect(seconds(at, length)).toBe(fault);
  });
});

test.for([
  [{ fault: 'slow' }, true],
  [{ fault: 'fire' }, false],
  [null, false],
  ['slow', false],
] as const)('isFaultMessage(%j) is %s', ([message, expected]) => {
  expect(isFaultMessage(message)).toBe(expected);
});

describe('alertStories()', () => {
  const event = (kind: string, alertname: string, tsMs: number): AlertEvent => ({
    kind,
    alertname,
    tsMs,
  });

  test('puts the newest-first history into stories by name', () => {
    const stories = alertStories([
      event('alert.resolved', 'Slow', 50),
      event('alert.pending', 'Errors', 45),
      event('notification.sent', 'Slow', 41),
      event('alert.firing', 'Slow', 40),
      event('alert.pending', 'Slow', 30),
    ]);
    expect(stories).toEqual([
      { name: 'Slow', transitions: ['pending', 'firing', 'resolved'], firedAtMs: 40 },
      { name: 'Errors', transitions: ['pending'] },
    ]);
    expect(stories.map(isWholeStory)).toEqual([true, false]);
  });

  test.for([
    [['pending', 'firing', 'resolved'], true],
    [['pending', 'resolved', 'pending', 'firing', 'resolved'], true],
    [['firing', 'resolved'], false],
    [['pending', 'resolved'], false],
    [[], false],
  ] as const)('%j is a whole story: %s', ([transitions, expected]) => {
    expect(isWholeStory({ name: 'x', transitions })).toBe(expected);
  });
});

describe('watchAlerts()', () => {
  const story = {
    name: 'InferenceSlow',
    transitions: ['pending', 'firing'],
    firedAtMs: 10_000,
  } as const;
  const exemplar = (traceId: string, value: number, isFailure = false) => ({
    traceId,
    value,
    timeMs: 9_000,
    isFailure,
  });

  test('links a firing alert to the newest offending request whose trace is kept', async () => {
    const asked: number[][] = [];
    const watch = watchAlerts(
      {
        stories: () => Promise.resolve([story]),
        exemplars: (from, to) => {
          asked.push([from, to]);
          const links = [exemplar('a', 0.3), exemplar('b', 0.4), exemplar('gone', 0.5)];
          return Promise.resolve([...links, exemplar('quick', 0.1), exemplar('failed', 0.6, true)]);
        },
      },
      (traceId) => traceId !== 'gone',
    );
    expect(await watch.read()).toEqual([{ ...story, traceId: 'b' }]);
    await watch.read();
    expect(asked).toEqual([[2_000, 13_000]]);
  });

  test('alertProblems() names what is missing of each alert', () => {
    const whole = ['pending', 'firing', 'resolved'] as const;
    expect(alertProblems([])).toEqual([
      'alert InferenceSlow was never pending',
      'alert InferenceErrors was never pending',
    ]);
    expect(
      alertProblems([
        { name: 'InferenceSlow', transitions: ['pending', 'firing'] },
        { name: 'InferenceErrors', transitions: whole },
      ]),
    ).toEqual([
      'alert InferenceSlow was pending, firing, expected pending, firing and resolved',
      'alert InferenceErrors has no trace of an offending request',
    ]);
    expect(
      alertProblems(
        ['InferenceSlow', 'InferenceErrors'].map((name) => ({
          name,
          transitions: whole,
          traceId: 'x',
        })),
      ),
    ).toEqual([]);
  });
});
