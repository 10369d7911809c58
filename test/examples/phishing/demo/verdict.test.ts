import { describe, expect, test } from 'vitest';

import type { Snapshot } from '../../../../examples/phishing/demo/measurements.ts';
import { type Ending, judge } from '../../../../examples/phishing/demo/verdict.ts';
import { ENDING, SNAPSHOT } from './sample-snapshot.ts';

describe('judge()', () => {
  test('passes the measured numbers on and finds no problem', () => {
    expect(judge(SNAPSHOT, ENDING)).toEqual({
      inferences: 1500,
      spans: 3001,
      inferSpans: 1500,
      httpSpans: 1500,
      nestedSpans: 1500,
      durationCount: 1500,
      exportedDurationCount: 1500,
      exemplars: 30,
      accuracy: 0.915,
      dropped: 0,
      failed: 0,
      rows: 2000,
      predictions: { phishing: 800, legitimate: 1200 },
      feedback: { matched: 2000, unmatched: 0, accuracy: 0.915, falsePositives: 90 },
      cacheHitRate: 0.125,
      logLines: { PREDICTION: 4000, REQUEST: 1750, ALERT: 2 },
      healthy: true,
      faulted: 0,
      alerts: [],
      notifications: { sent: 0, channels: [], folder: '/messages' },
      inferenceMs: SNAPSHOT.inferenceMs,
      requestMs: SNAPSHOT.requestMs,
      seconds: 12,
      problems: [],
    });
  });

  test.for<[string, Partial<Snapshot>, Partial<Ending>, string[]]>([
    ['too few inferences', {}, { seconds: 30 }, ['1500 inferences, expected more than 1500']],
    [
      'no inference in a short run',
      {
        load: { ...SNAPSHOT.load, runs: 0 },
        spans: { total: 1, infer: 0, http: 0, nested: 0 },
        durationCount: 0,
      },
      { exportedDurationCount: 0 },
      ['0 inferences, expected more than 0'],
    ],
    [
      'a lost inference span',
      { spans: { total: 3000, infer: 1499, http: 1500, nested: 1500 } },
      {},
      ['1499 inference spans for 1500 inferences', '1 dropped'],
    ],
    [
      'an inference seen twice',
      { spans: { total: 3002, infer: 1501, http: 1500, nested: 1500 } },
      {},
      ['1501 inference spans for 1500 inferences'],
    ],
    [
      'an inference outside its request',
      { spans: { total: 3000, infer: 1500, http: 1500, nested: 1499 } },
      {},
      ['1499 inference spans under HTTP spans for 1500 inferences'],
    ],
    [
      'a page that counts otherwise',
      { durationCount: 1501 },
      {},
      ['duration count 1501 on the Prometheus page for 1500 inferences'],
    ],
    [
      'an export that counts otherwise',
      {},
      { exportedDurationCount: 1400 },
      ['duration count 1400 in the last export for 1500 inferences'],
    ],
    [
      'predictions recorded twice',
      { predictions: { phishing: 4000 } },
      {},
      ['4000 predictions recorded for 2000 answers'],
    ],
    [
      'a bad model',
      {
        load: { ...SNAPSHOT.load, correct: 1740 },
        feedback: { ...SNAPSHOT.feedback, accuracy: 0.87 },
      },
      {},
      ['accuracy 0.870, expected more than 0.87'],
    ],
    [
      'labels that found nothing',
      { feedback: { ...SNAPSHOT.feedback, matched: 1999, unmatched: 1 } },
      {},
      ['1999 labels found their prediction and 1 did not, of 2000 answers'],
    ],
    [
      'feedback that says otherwise',
      { feedback: { ...SNAPSHOT.feedback, accuracy: 0.916, falsePositives: 91 } },
      {},
      [
        'accuracy 0.916 from feedback, 0.915 by the load generator',
        '91 false positives from feedback, 90 by the load generator',
      ],
    ],
    [
      'a log with holes',
      {},
      { logs: { byType: { PREDICTION: 3999, REQUEST: 1699 }, torn: 1 } },
      [
        '1 torn lines in the log',
        '3999 lines of predictions and labels for 2000 answers and 2000 labels',
        '1699 lines of requests for 1700 answered requests',
      ],
    ],
    ['a component that is down', { healthy: false }, {}, ['a component of the service is not up']],
    ['a loss counter', { losses: 2 }, {}, ['2 dropped']],
    [
      'failed requests',
      { load: { ...SNAPSHOT.load, failed: 1, skipped: 2, lastFailure: 'status 500: no' } },
      {},
      ['3 requests without an answer: status 500: no'],
    ],
    [
      'an unreadable export',
      { sink: { ...SNAPSHOT.sink, refused: 1 } },
      {},
      ['1 exports could not be read'],
    ],
    ['a crash', {}, { appEnding: 'signal SIGSEGV' }, ['the service ended with signal SIGSEGV']],
  ])('reports %s', ([, snapshot, ending, expected]) => {
    const { problems } = judge({ ...SNAPSHOT, ...snapshot }, { ...ENDING, ...ending });
    expect(problems).toEqual(expected);
  });
});
