import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { drawTerminalPlot, type PlotPanel } from '@telltale/instrumentation-drift';

const PANEL: PlotPanel = {
  title: 'Values',
  labels: ['≤1', '≤2.5', 'above'],
  baseline: [0.5, 0.25, 0.25],
  window: [0, 0.125, 0.875],
};

const stripped = (text: string): string =>
  ['\u001B[34m', '\u001B[33m', '\u001B[39m'].reduce(
    (rest, code) => rest.replaceAll(code, ''),
    text,
  );

describe('drawTerminalPlot()', () => {
  test('one line a bar, both sides on one scale', () => {
    expect(drawTerminalPlot([PANEL], { width: 60 })).toBe(
      [
        'Values',
        '      baseline                    window',
        '   ≤1 ██████████▎         50.0 %                       0.0 %',
        ' ≤2.5 █████▏              25.0 %  ██▋                 12.5 %',
        'above █████▏              25.0 %  ██████████████████  87.5 %',
        '',
      ].join('\n'),
    );
  });

  test('the change stands behind a name, which is cut first, and small shares are not none', () => {
    const labels = ['chargeback-of-last-year', 'de'];
    const panel = { title: 'Categories', labels, changes: ['+0.1', '-10.0'] };
    const drawn = drawTerminalPlot([{ ...panel, baseline: [0.0004, 0.6], window: [0.0014, 0.5] }]);
    expect(drawn.split('\n').map((line) => line.replaceAll(/[█-▏]+/gu, '').trimEnd())).toEqual([
      'Categories',
      '                     baseline                      window',
      'chargeback-of…  +0.1                       0.04 %                        0.14 %',
      '            de -10.0   60.0 %       50.0 %',
      '',
    ]);
  });

  test('colours only where they are asked for, and closed again', () => {
    const colored = drawTerminalPlot([PANEL], { isColored: true });
    expect(drawTerminalPlot([PANEL])).not.toContain('\u001B');
    expect(colored.split('\u001B[39m').length).toBe(7);
    expect(stripped(colored)).toBe(drawTerminalPlot([PANEL]));
  });

  test('names of the application paint nothing', () => {
    const labels = ['\u001B[2J\u0007evil', 'a\nb', '\u202Ertl'];
    const drawn = drawTerminalPlot([{ ...PANEL, labels }]);
    for (const control of ['\u0007', '\u001B', '\u202E']) expect(drawn).not.toContain(control);
    expect(drawn.split('\n')).toHaveLength(6);
  });

  test('no line is wider than the terminal', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 30 }), share, share), {
          minLength: 1,
          maxLength: 30,
        }),
        fc.integer({ min: 1, max: 300 }),
        (bars, width) => {
          const panel = {
            title: 't',
            labels: bars.map(([label]) => label),
            baseline: bars.map(([, one]) => one),
            window: bars.map(([, , other]) => other),
          };
          const lines = drawTerminalPlot([panel], { width }).split('\n');
          expect(lines).toHaveLength(bars.length + 3);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(Math.max(60, width));
        },
      ),
    );
  });
});
