import { describe, expect, test } from 'vitest';

import {
  judgeSkew,
  planSkew,
  type SkewRun,
  skewedColumn,
  skewProblems,
} from '../../../../examples/phishing/demo/drift/skew-story.ts';
import { FEATURES, loadDataset } from '../../../../examples/phishing/training/dataset.ts';

const PLAN = { feature: 'popup_window', value: 0 } as const;

const event = (stream: string, to = 'alert') => ({
  kind: 'detected' as const,
  timeMs: 1,
  stream,
  direction: 'input',
  aspect: 'value',
  to,
  distance: 0.4,
});
const alert = (stream: string) => ({
  name: 'FeatureDrift',
  stream,
  transitions: ['firing'],
  firedAtMs: 2,
});
const RUN = {
  plan: PLAN,
  events: [event('popup_window')],
  alerts: [alert('popup_window')],
  metric: 4,
} as unknown as SkewRun;

describe('the skew scenario', () => {
  test('training data have one answer nearly everywhere, the traffic does not', () => {
    const rows = loadDataset();
    for (let seed = 1; seed <= 20; seed += 1) {
      const { feature, value } = planSkew(seed);
      const [head, ...cells] = skewedColumn({ feature, value }, rows).trim().split('\n');
      const share = cells.filter((cell) => Number(cell) === value).length / cells.length;
      const column = FEATURES.indexOf(feature);
      const real = rows.filter(({ features }) => features[column] === value).length / rows.length;
      expect({ head, isSkewed: share - real > 0.3 }).toEqual({ head: feature, isSkewed: true });
    }
  });

  test('holds when event, metric and alert all came', () => {
    expect(judgeSkew(RUN)).toEqual({
      what: 'the training data say that popup_window is 0',
      feature: 'popup_window',
      event: 'alert',
      alerted: 'popup_window',
      metric: 4,
      others: 0,
    });
    expect(skewProblems(judgeSkew(RUN))).toEqual([]);
  });

  test.for([
    { without: { events: [] }, problem: 'no drift event of popup_window' },
    { without: { alerts: [] }, problem: 'the drift alert named nothing' },
    { without: { alerts: [alert('https')] }, problem: 'the drift alert named https' },
    { without: { metric: 1 }, problem: 'ml_drift_state of popup_window is 1' },
    {
      without: { events: [event('popup_window'), event('https')] },
      problem: '1 features drifted that the training data had right',
    },
  ])('says what did not come: $problem', ({ without, problem }) => {
    const problems = skewProblems(judgeSkew({ ...RUN, ...without } as SkewRun));
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });
});
