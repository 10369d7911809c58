import { stripVTControlCharacters } from 'node:util';

import { describe, expect, test } from 'vitest';

import { COLORED, PLAIN } from '../../../../examples/phishing/demo/paint.ts';
import { judge } from '../../../../examples/phishing/demo/verdict.ts';
import {
  renderLine,
  renderScreen,
  renderSummary,
} from '../../../../examples/phishing/demo/view.ts';
import { ENDING, SNAPSHOT } from './sample-snapshot.ts';

const SETTING = {
  appUrl: 'http://127.0.0.1:3000',
  metricsUrl: 'http://127.0.0.1:9464/metrics',
  heldOutAccuracy: 0.916,
  forMs: 20_000,
};

describe('renderScreen()', () => {
  test('shows every figure and a trace', () => {
    expect(renderScreen(SETTING, SNAPSHOT, PLAIN)).toEqual([
      'Telltale demo  12 s of 20 s',
      '',
      '  service     node --require telltale/register app.ts  http://127.0.0.1:3000',
      '  metrics     http://127.0.0.1:9464/metrics',
      '  requests    122/s  1700 answered  0 failed  p50 1.23 ms  p95 4.00 ms  p99 9.88 ms',
      '  inference   1500 runs  p50 0.10 ms  p95 0.25 ms  p99 0.50 ms',
      '    queue     p50 0.05 ms  p95 0.10 ms  p99 0.20 ms',
      '    compute   p50 -  p95 -  p99 -',
      `  predictions legitimate    1200  ${'█'.repeat(24)}`,
      `              phishing       800  ${'█'.repeat(16)}`,
      '  accuracy    0.915 of 2000 rows with a known label  (0.916 after training)',
      '  feedback    2000 labels came back, 0 to come  accuracy 0.915  90 false positives',
      '  cache       13 % of single pages answered from it',
      '  run queue   2 waiting  p50 0.01 ms  p95 0.50 ms  p99 1.00 ms',
      '  alerts      none',
      '  drift       streams 2 stable',
      '  health      all components up',
      '  spans       3001 kept: 1500 HTTP, 1500 inference  none dropped',
      '',
      '  trace       0af7651916cd43dd8448eb211c80319c',
      '  POST /predict  3.46 ms  server',
      '  │  http.response.status_code  200',
      '  └─ infer phishing  0.25 ms  internal',
      '        ml.inference.queue.duration  0.000123',
      '        ml.runtime.providers         cuda, cpu',
    ]);
  });

  test('shows what alerts went through, and what is wrong on purpose', () => {
    const alerts = [
      { name: 'InferenceSlow', transitions: ['pending', 'firing', 'resolved'], traceId: 'abc' },
      { name: 'InferenceErrors', transitions: ['pending'] },
    ] as const;
    const lines = renderScreen(SETTING, { ...SNAPSHOT, alerts, fault: 'errors' }, PLAIN);
    expect(lines).toContain('  alerts      InferenceSlow   pending > firing > resolved  trace abc');
    expect(lines).toContain('              InferenceErrors pending  the model fails on purpose');
  });

  test('shows which streams moved most, and what was done to them', () => {
    const streams = [
      { name: 'https', direction: 'input', state: 'drift', distance: 0.08 },
      { name: 'popup_window', direction: 'input', state: 'alert', distance: 0.41 },
      { name: 'label', direction: 'output', state: 'learning', distance: undefined },
    ];
    const shift = { kind: 'filtered', feature: 'popup_window', value: 0.5 } as const;
    const alerts = [
      { name: 'FeatureDrift', stream: 'popup_window', transitions: ['pending'] },
    ] as const;
    const lines = renderScreen(SETTING, { ...SNAPSHOT, alerts, shift, streams }, PLAIN);
    const first = lines.findIndex((line) => line.includes('drift   '));
    expect(lines.slice(first - 1, first + 3)).toEqual([
      '  alerts      FeatureDrift of popup_window pending',
      '  drift       streams 1 drift, 1 alert, 1 learning  on purpose: only pages with popup_window 0.5',
      '              input  popup_window                alert  moved by 0.41',
      '              input  https                       drift  moved by 0.08',
    ]);
  });

  test('says what is still missing at the start', () => {
    const { failed, skipped } = SNAPSHOT.load;
    const load = { ...SNAPSHOT.load, answered: 0, failed, skipped, rows: 0, correct: 0 };
    const start = { ...SNAPSHOT, load, predictions: {}, trace: [] };
    const lines = renderScreen({ ...SETTING, forMs: undefined }, start, PLAIN);
    expect(lines[0]).toBe('Telltale demo  12 s, Ctrl-C ends it');
    expect(lines).toContain('  predictions none yet');
    expect(lines.at(-1)).toBe('  no trace yet');
  });

  test('names no end once it is over', () => {
    const [title] = renderScreen(SETTING, { ...SNAPSHOT, isOver: true }, PLAIN);
    expect(title).toBe('Telltale demo  12 s');
  });

  test('colors change the look, never the words', () => {
    const colored = renderScreen(SETTING, SNAPSHOT, COLORED).join('\n');
    const stripped = stripVTControlCharacters(colored);
    expect(colored).not.toBe(stripped);
    expect(stripped).toBe(renderScreen(SETTING, SNAPSHOT, PLAIN).join('\n'));
  });
});

test('renderLine() puts one moment on one line', () => {
  expect(renderLine(SNAPSHOT)).toBe(
    '12s  122/s  inferences 1500  p50 0.10 ms  p95 0.25 ms  p99 0.50 ms  phishing 800  ' +
      'legitimate 1200  accuracy 0.915  labels 2000  cache 13 %  spans 3001  dropped 0  streams 2 stable',
  );
});

describe('renderSummary()', () => {
  test('says what holds', () => {
    expect(renderSummary(judge(SNAPSHOT, ENDING), PLAIN)).toEqual([
      '1500 inferences, each a span under its HTTP span; duration count 1500, accuracy 0.915, ' +
        'nothing dropped',
      '2000 labels came back late and say the same; 5752 whole lines in the log',
    ]);
  });

  test('lists what does not', () => {
    expect(renderSummary(judge(SNAPSHOT, { ...ENDING, appEnding: 'code 7' }), PLAIN)).toEqual([
      'The demo does not hold:',
      '  the service ended with code 7',
    ]);
  });
});
