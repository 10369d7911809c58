import { shown } from './numbers.ts';
import type { DrawnSeries, PanelJson, Point } from './panel-series.ts';
import { scaleOf } from './scale.ts';
import { escaped } from './text.ts';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly startMs: number;
  readonly endMs: number;
}

const COLORS = [
  '#3b78c3',
  '#c8553d',
  '#5b8c3a',
  '#b8860b',
  '#7a4fa3',
  '#2a9d8f',
  '#a23b72',
  '#6b705c',
];
const colorOf = (index: number): string => COLORS[index % COLORS.length] ?? '#555';
const AXIS = 56;
const LEGEND_MAX = 6;
const unitOf = ({ fieldConfig }: PanelJson): string => fieldConfig?.defaults.unit ?? 'none';

/** Lines over time, or areas on top of each other where the panel stacks. */
export function timeseries(panel: PanelJson, series: readonly DrawnSeries[], frame: Frame): string {
  const plotHeight = frame.height - 34 - (series.length > 0 ? 16 : 0);
  const { at: y, marks } = scaleOf(panel, series, plotHeight);
  const x = (seconds: number): number =>
    AXIS +
    ((seconds * 1000 - frame.startMs) / (frame.endMs - frame.startMs)) * (frame.width - AXIS - 8);
  const grid = marks.map(
    (value) =>
      `<line x1="${AXIS}" x2="${frame.width - 8}" y1="${y(value)}" y2="${y(value)}" stroke="#e3e3e3"/>` +
      `<text x="${AXIS - 4}" y="${y(value) + 3}" text-anchor="end">${escaped(shown(value, unitOf(panel)))}</text>`,
  );
  const lines = series.map(
    ({ points }, index) =>
      `<path d="${path(points, x, y)}" fill="none" stroke="${colorOf(index)}" stroke-width="1.3"/>`,
  );
  return `<svg width="${frame.width}" height="${plotHeight}">${grid.join('')}${lines.join('')}</svg>${legend(series)}`;
}

function path(
  points: readonly Point[],
  x: (seconds: number) => number,
  y: (value: number) => number,
): string {
  let isOpen = false;
  return points
    .map(([at, value]) => {
      if (!Number.isFinite(value)) {
        isOpen = false;
        return '';
      }
      const step = `${isOpen ? 'L' : 'M'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      isOpen = true;
      return step;
    })
    .join('');
}

function legend(series: readonly DrawnSeries[]): string {
  const shownOnes = series
    .slice(0, LEGEND_MAX)
    .map(
      ({ legend: text }, index) =>
        `<span><i style="background:${colorOf(index)}"></i>${escaped(text.slice(0, 34))}</span>`,
    );
  const more =
    series.length > LEGEND_MAX ? `<span>and ${series.length - LEGEND_MAX} more</span>` : '';
  return `<div class="legend">${shownOnes.join('')}${more}</div>`;
}

/** Pixels for the names of a state timeline. */
const NAMES_MAX = 210;
/** Grafana's names of colours. */
const NAMED_COLORS: Readonly<Record<string, string>> = {
  blue: '#8ab8ff',
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
  transparent: 'none',
};

function stateColor({ fieldConfig }: PanelJson, value: number): string {
  const [mapping] = fieldConfig?.defaults.mappings ?? [];
  const name = mapping?.options[String(value)]?.color ?? '';
  return NAMED_COLORS[name] ?? '#ccc';
}

/** One bar a series, coloured by its value. */
export function stateTimeline(
  panel: PanelJson,
  series: readonly DrawnSeries[],
  frame: Frame,
): string {
  const rowHeight = Math.min(18, Math.max(7, (frame.height - 40) / Math.max(1, series.length)));
  const left = Math.min(NAMES_MAX, frame.width / 3);
  const fontSize = Math.min(9, rowHeight - 0.5);
  const rows = series.map(({ legend: text, points }, index) => {
    const y = index * rowHeight;
    const cells = points.map(([at, value]) => {
      const x =
        left +
        ((at * 1000 - frame.startMs) / (frame.endMs - frame.startMs)) * (frame.width - left - 8);
      const width = (frame.width - left) / 60 + 1;
      const color = stateColor(panel, value);
      return `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${rowHeight - 2}" fill="${color}"/>`;
    });
    const baseline = (y + rowHeight / 2 - 1 + fontSize / 3).toFixed(1);
    return `<text x="${left - 4}" y="${baseline}" style="font-size:${fontSize.toFixed(1)}px" text-anchor="end">${escaped(text.slice(0, Math.floor(left / 4.8)))}</text>${cells.join('')}`;
  });
  return `<svg width="${frame.width}" height="${frame.height - 34}">${rows.join('')}</svg>`;
}

const boundOf = ({ labels: { le = '' } }: DrawnSeries): number =>
  le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);

/** Buckets over time: the darker, the more. Native histograms are drawn by Grafana only. */
export function heatmap(panel: PanelJson, series: readonly DrawnSeries[], frame: Frame): string {
  const rows = series
    .filter(({ labels }) => labels['le'] !== undefined)
    .toSorted((a, b) => boundOf(a) - boundOf(b));
  if (rows.length === 0) return '<p class="note">native histogram: drawn by Grafana</p>';
  const own = rows.map(({ points }, index) =>
    points.map(([at, value], place): Point => {
      const below = rows[index - 1]?.points[place]?.[1] ?? 0;
      return [at, value - below];
    }),
  );
  const most = Math.max(1e-9, ...own.flat().map(([, value]) => value));
  const height = frame.height - 38;
  const rowHeight = height / rows.length;
  const cells = own.flatMap((points, index) =>
    points.map(([at, value]) => {
      const x =
        AXIS +
        ((at * 1000 - frame.startMs) / (frame.endMs - frame.startMs)) * (frame.width - AXIS - 12);
      const y = height - (index + 1) * rowHeight;
      return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${((frame.width - AXIS) / 60 + 1).toFixed(1)}" height="${rowHeight.toFixed(1)}" fill="#d9480f" opacity="${Math.max(0, value / most).toFixed(2)}"/>`;
    }),
  );
  const labels = rows
    .map(
      ({ labels: { le = '' } }, index) => [le, height - index * rowHeight - rowHeight / 3] as const,
    )
    .filter((_, index) => index % Math.ceil(rows.length / 6) === 0)
    .map(
      ([le, y]) =>
        `<text x="${AXIS - 4}" y="${y.toFixed(1)}" text-anchor="end">${escaped(shown(Number(le), unitOf(panel)))}</text>`,
    );
  return `<svg width="${frame.width}" height="${height}">${cells.join('')}${labels.join('')}</svg>`;
}
