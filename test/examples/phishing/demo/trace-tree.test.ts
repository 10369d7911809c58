import { describe, expect, test } from 'vitest';

import { traceTree } from '../../../../examples/phishing/demo/trace-tree.ts';
import { INFERENCE, REQUEST, SECOND_INFERENCE } from './sample-spans.ts';

const NAMES = [
  'http.response.status_code',
  'ml.inference.queue.duration',
  'ml.runtime.providers',
  'absent',
];

describe('traceTree()', () => {
  test('draws spans below their parents with their attributes', () => {
    const lines = traceTree([REQUEST, INFERENCE, SECOND_INFERENCE], NAMES);
    expect(lines.map(({ text }) => text)).toEqual([
      'POST /predict  3.46 ms  server',
      '│  http.response.status_code  200',
      '├─ infer phishing  0.25 ms  internal',
      '│     ml.inference.queue.duration  0.000123',
      '│     ml.runtime.providers         cuda, cpu',
      '└─ infer phishing  0.25 ms  internal',
    ]);
    expect(lines.map(({ kind }) => kind[0]).join('')).toBe('sasaas');
  });

  test('draws a span at the top when its parent is missing', () => {
    expect(traceTree([INFERENCE], ['ml.inference.cold'])).toEqual([
      { kind: 'span', text: 'infer phishing  0.25 ms  internal' },
      { kind: 'attribute', text: '   ml.inference.cold  true' },
    ]);
  });

  test('draws nothing for no spans', () => {
    expect(traceTree([], NAMES)).toEqual([]);
  });
});
