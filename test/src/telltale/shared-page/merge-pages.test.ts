import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { mergePages } from '../../../../src/telltale/src/shared-page/merge-pages.ts';

const page = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

const RUNS = ['# HELP runs_total Runs', '# TYPE runs_total counter'];

describe('pages of several processes', () => {
  test('become one: each family once, each sample with the labels of its page', () => {
    const first = page([
      ...RUNS,
      'runs_total{model="a"} 3',
      'runs_total 1',
      '# TYPE up gauge',
      'up 1',
    ]);
    const second = page([...RUNS, 'runs_total{model="a"} 4', '# TYPE late gauge', 'late NaN 7']);
    const merged = mergePages([
      { text: first, labels: { process_pid: '10' } },
      { text: second, labels: { process_pid: '11', thread_id: '2' } },
    ]);
    expect(merged).toBe(
      page([
        ...RUNS,
        'runs_total{model="a",process_pid="10"} 3',
        'runs_total{process_pid="10"} 1',
        'runs_total{model="a",process_pid="11",thread_id="2"} 4',
        '# TYPE up gauge',
        'up{process_pid="10"} 1',
        '# TYPE late gauge',
        'late{process_pid="11",thread_id="2"} NaN 7',
      ]),
    );
  });

  test.for([
    ['x{process_pid="10"} 1', 'x{process_pid="10"} 1'],
    ['x{process_pid="9",a="b"} 1', 'x{exported_process_pid="9",a="b",process_pid="10"} 1'],
    ['x{a="process_pid=\\"9\\""} 1', 'x{a="process_pid=\\"9\\"",process_pid="10"} 1'],
    ['x{a="} 1 # {",b="\\\\"} 2', 'x{a="} 1 # {",b="\\\\",process_pid="10"} 2'],
    ['x{} 1', 'x{process_pid="10"} 1'],
    ['x{a="b",} 1', 'x{a="b",process_pid="10"} 1'],
    [
      'x_bucket{le="1"} 1 # {trace_id="ab"} 0.5 1.000',
      'x_bucket{le="1",process_pid="10"} 1 # {trace_id="ab"} 0.5 1.000',
    ],
  ])('%s', ([given = '', expected = '']) => {
    expect(mergePages([{ text: given, labels: { process_pid: '10' } }])).toBe(`${expected}\n`);
  });

  test('end once in OpenMetrics, also when one is empty', () => {
    const text = page(['# TYPE x counter', 'x_total 1', '# EOF']);
    expect(
      mergePages([
        { text, labels: { process_pid: '1' } },
        { text: '# EOF\n', labels: { process_pid: '2' } },
        { text, labels: { process_pid: '3' } },
      ]),
    ).toBe(
      page([
        '# TYPE x counter',
        'x_total{process_pid="1"} 1',
        'x_total{process_pid="3"} 1',
        '# EOF',
      ]),
    );
  });

  test('leave out what is no sample and a family of another type', () => {
    const first = page(['# TYPE x counter', 'x 1', 'garbage{', '', '# a comment']);
    const second = page(['# TYPE x gauge', 'x 5']);
    expect(
      mergePages([
        { text: first, labels: {} },
        { text: second, labels: { thread_id: '1' } },
      ]),
    ).toBe(page(['# TYPE x counter', 'x 1']));
  });

  test('lose no sample and make none, whatever values their labels have', () => {
    const sample = fc.record({ value: fc.string(), count: fc.nat() });
    const escaped = (text: string): string =>
      text.replaceAll(/[\\"]/gu, String.raw`\$&`).replaceAll('\n', String.raw`\n`);
    fc.assert(
      fc.property(fc.array(fc.array(sample, { maxLength: 4 }), { maxLength: 4 }), (pages) => {
        const merged = mergePages(
          pages.map((samples, index) => ({
            text: page([
              '# TYPE x gauge',
              ...samples.map(({ value, count }) => `x{a="${escaped(value)}"} ${count}`),
            ]),
            labels: { process_pid: String(index) },
          })),
        );
        const expected = pages.flatMap((samples, index) =>
          samples.map(
            ({ value, count }) => `x{a="${escaped(value)}",process_pid="${index}"} ${count}`,
          ),
        );
        expect(merged.split('\n').filter((line) => line.startsWith('x{'))).toEqual(expected);
      }),
    );
  });
});
