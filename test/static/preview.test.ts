import { expect, test } from 'vitest';

import { readDashboards } from '../../deploy/local/panels/verdict.ts';
import { shown } from '../../deploy/local/preview/numbers.ts';
import { dashboardPage } from '../../deploy/local/preview/page.ts';
import type { DrawnSeries } from '../../deploy/local/preview/panel-series.ts';

test.for([
  [0.0953, 'percentunit', '9.53 %'],
  [0.0143, 's', '14.3 ms'],
  [0.0000475, 's', '47.5 µs'],
  [2, 's', '2 s'],
  [151_000_000_000, 'bytes', '151 GB'],
  [99.1, 'reqps', '99.1 req/s'],
  [0, 'short', '0'],
  [Number.NaN, 'short', '-'],
] as const)('%d as %s is %s', ([value, unit, text]) => {
  expect(shown(value, unit)).toBe(text);
});

test('a page names itself a preview, holds every panel, and takes labels as text', () => {
  const [dashboard] = readDashboards();
  if (dashboard === undefined) throw new Error('There is no dashboard');
  const series = (legend: string): DrawnSeries => ({
    legend,
    labels: { alertname: legend },
    refId: 'A',
    points: [
      [1, 0],
      [2, Number.NaN],
      [3, 5],
    ],
  });
  const drawn = new Map(dashboard.panels.map(({ id }) => [id, [series('<img onerror=x>')]]));
  const { html, height } = dashboardPage(dashboard, drawn, { startMs: 1000, endMs: 3000 });
  expect(html).toContain('preview by Telltale’s own renderer, not Grafana');
  for (const { title } of dashboard.panels) expect(html).toContain(title.replaceAll('&', '&amp;'));
  expect(html).toContain('&lt;img onerror=x&gt;');
  expect(html).not.toContain('<img');
  expect(html).not.toContain('NaN');
  expect(height).toBeGreaterThan(1000);
});
