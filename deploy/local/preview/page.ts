import type { DashboardJson, DrawnSeries, PanelJson } from './panel-series.ts';
import { type Frame, heatmap, stateTimeline, timeseries } from './plots.ts';
import { escaped } from './text.ts';
import { bars, stat, table } from './values.ts';

/** Pixels of a column and of a row of the grid. */
const COLUMN = 62;
const ROW = 32;
export const PAGE_WIDTH = 24 * COLUMN + 16;
const HEAD = 46;

type Draw = (panel: PanelJson, series: readonly DrawnSeries[], frame: Frame) => string;

const DRAW: Readonly<Record<string, Draw>> = {
  timeseries,
  heatmap,
  'state-timeline': stateTimeline,
  stat,
  gauge: stat,
  bargauge: bars,
  barchart: bars,
  table,
};

const STYLE = `body{margin:8px;font:11px sans-serif;background:#f4f5f5;color:#24292e;width:${PAGE_WIDTH - 16}px}
h1{font-size:17px;margin:0 0 2px}h1 small{font-weight:normal;color:#a33}
.grid{position:relative}.panel{position:absolute;background:#fff;border:1px solid #ddd;border-radius:2px;overflow:hidden;box-sizing:border-box;padding:4px 6px}
.panel h2{font-size:12px;margin:0 0 4px}.row{position:absolute;font-weight:bold;font-size:13px}
svg{display:block}svg text{font-size:9px;fill:#555}.legend{font-size:9px;height:15px;overflow:hidden;white-space:nowrap}
.legend span{margin-right:9px}.legend i{display:inline-block;width:9px;height:3px;margin-right:3px;vertical-align:middle}
.stats{display:flex;gap:14px}.stats b{font-size:24px;display:block}.stats small{color:#666}
.bar{white-space:nowrap;margin:0;font-size:9px;line-height:11px}.bar span{display:inline-block;width:30%;overflow:hidden}.bar i{display:inline-block;height:8px;background:#3b78c3;margin-right:5px}
table{border-collapse:collapse;width:100%}td,th{text-align:left;border-bottom:1px solid #eee;padding:1px 4px;font-size:10px}.note{color:#777}`;

/** A dashboard with its data as one page, and how high that is in pixels. */
export function dashboardPage(
  dashboard: DashboardJson,
  series: ReadonlyMap<number, readonly DrawnSeries[]>,
  span: Pick<Frame, 'startMs' | 'endMs'>,
): { readonly html: string; readonly height: number } {
  const height = Math.max(
    ...dashboard.panels.map(({ gridPos }) => ((gridPos?.y ?? 0) + (gridPos?.h ?? 0)) * ROW),
  );
  const panels = dashboard.panels.map((panel) => placed(panel, series.get(panel.id) ?? [], span));
  const html = `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>
<h1>${escaped(dashboard.title)} <small>preview by Telltale’s own renderer, not Grafana</small></h1>
<div>${escaped(dashboard.description ?? '')}</div>
<div class="grid" style="height:${height}px">${panels.join('\n')}</div>`;
  return { html, height: height + HEAD + 8 };
}

function placed(
  panel: PanelJson,
  series: readonly DrawnSeries[],
  span: Pick<Frame, 'startMs' | 'endMs'>,
): string {
  const { x = 0, y = 0, w = 1, h = 1 } = panel.gridPos ?? {};
  const [left, top] = [x * COLUMN, y * ROW];
  if (panel.type === 'row') {
    return `<div class="row" style="left:${left}px;top:${top + 8}px">${escaped(panel.title)}</div>`;
  }
  const size = { width: w * COLUMN - 4, height: h * ROW - 4 };
  const frame = { ...span, width: size.width - 14, height: size.height };
  const draw = DRAW[panel.type];
  const body =
    draw === undefined || series.length === 0
      ? `<p class="note">${why(panel)}</p>`
      : draw(panel, series, frame);
  return `<div class="panel" style="left:${left}px;top:${top}px;width:${size.width}px;height:${size.height}px"><h2>${escaped(panel.title)}</h2>${body}</div>`;
}

const why = ({ type, targets = [] }: PanelJson): string =>
  type === 'alertlist' || targets.some(({ datasource }) => datasource?.type === 'tempo')
    ? 'drawn by Grafana and Tempo only'
    : 'no data';
