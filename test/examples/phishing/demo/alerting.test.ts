import { describe, expect, test } from 'vitest';

import {
  type AlertEvent,
  alertStories,
  isWholeStory,
} from '../../../../examples/phishing/demo/alerting/alert-story.ts';
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
