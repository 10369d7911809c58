import { textKey } from '@telltale/core';

import { shown } from './numbers.ts';
import type { DrawnSeries, PanelJson } from './panel-series.ts';
import { escaped } from './text.ts';

const ROWS_MAX = 12;
const BARS_MAX = 21;
const unitOf = ({ fieldConfig }: PanelJson): string => fieldConfig?.defaults.unit ?? 'none';
const newest = ({ points }: DrawnSeries): number => points.at(-1)?.[1] ?? Number.NaN;

/** The newest values, large. */
export const stat = (panel: PanelJson, series: readonly DrawnSeries[]): string =>
  `<div class="stats">${series
    .map(
      (one) =>
        `<div><b>${escaped(shown(newest(one), unitOf(panel)))}</b>${series.length > 1 ? `<small>${escaped(one.legend)}</small>` : ''}</div>`,
    )
    .join('')}</div>`;

/** A bar for each series; of a histogram one for each bucket, without those below it. */
export function bars(panel: PanelJson, series: readonly DrawnSeries[]): string {
  const values = bucketsOf(series) ?? series.map((one) => [one.legend, newest(one)] as const);
  const most = Math.max(1e-12, ...values.map(([, value]) => value).filter(Number.isFinite));
  return values
    .slice(0, BARS_MAX)
    .map(([name, value]) => {
      const width = Math.max(0, Math.min(1, value / most)) * 60;
      return `<div class="bar"><span>${escaped(name.slice(0, 24))}</span><i style="width:${width.toFixed(1)}%"></i>${escaped(shown(value, unitOf(panel)))}</div>`;
    })
    .join('');
}

/** As Grafana does it for the format `heatmap`; `undefined` where there are no buckets. */
function bucketsOf(
  series: readonly DrawnSeries[],
): readonly (readonly [bound: string, count: number])[] | undefined {
  if (series.some(({ labels }) => labels['le'] === undefined)) return undefined;
  const cumulative = series
    .map((one) => [Number(one.labels['le']?.replace('+', '')), newest(one)] as const)
    .map(([bound, count]) => [Number.isNaN(bound) ? Infinity : bound, count] as const)
    .toSorted(([a], [b]) => a - b);
  return cumulative.map(([bound, count], index) => [
    bound === Infinity ? '+Inf' : String(bound),
    count - (cumulative[index - 1]?.[1] ?? 0),
  ]);
}

/** Rows by their labels; a column for each target. */
export function table(panel: PanelJson, series: readonly DrawnSeries[]): string {
  const renames = (panel.transformations ?? []).flatMap(({ options }) =>
    Object.entries(
      (options as { readonly renameByName?: Record<string, string> }).renameByName ?? {},
    ),
  );
  const names = renames.map(([name]) => name).filter((name) => !name.startsWith('Value'));
  const refs = [...new Set(series.map(({ refId }) => refId))];
  const rows = new Map<string, { cells: string[]; values: Map<string, number> }>();
  for (const one of series) {
    const columns = names.length > 0 ? names : Object.keys(one.labels);
    const cells = columns.map((name) => one.labels[name] ?? '');
    const key = textKey(cells);
    const row = rows.get(key) ?? { cells, values: new Map<string, number>() };
    row.values.set(one.refId, newest(one));
    rows.set(key, row);
  }
  const title = (name: string): string => renames.find(([from]) => from === name)?.[1] ?? name;
  const heads = [
    ...names.map(title),
    ...refs.map((ref) => title(refs.length > 1 ? `Value #${ref}` : 'Value')),
  ];
  const body = [...rows.values()].slice(0, ROWS_MAX).map(({ cells, values }) => {
    const numbers = refs.map((ref) => shown(values.get(ref) ?? Number.NaN, unitOf(panel)));
    return `<tr>${[...cells, ...numbers].map((cell) => `<td>${escaped(cell.slice(0, 44))}</td>`).join('')}</tr>`;
  });
  return `<table><tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join('')}</tr>${body.join('')}</table>`;
}
