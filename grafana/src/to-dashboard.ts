import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';

import { toAnnotation } from './annotations.ts';
import type { Board } from './board.ts';
import { toPanel } from './panels/to-panel.ts';
import { toVariable } from './variables.ts';

/** Links between the boards find each other by this tag and keep time range and variables. */
const TAG = 'telltale';

/** A board as the JSON that Grafana provisions. */
export function toDashboard(board: Board): Dashboard {
  const dashboard = new DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags([TAG])
    .readonly()
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .link(
      new DashboardLinkBuilder('Telltale')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
  for (const name of board.variables) dashboard.withVariable(toVariable(name));
  for (const name of board.annotations) dashboard.annotation(toAnnotation(name));
  for (const { title, panels } of board.rows) {
    dashboard.withRow(new RowBuilder(title));
    for (const panel of panels) dashboard.withPanel(toPanel(panel));
  }
  return placed(dashboard.build());
}

const COLUMNS = 24;

/**
 * Gives panels ids and places, left to right and then down. The builder leaves ids out, so that
 * Grafana would make new ones at each load, and lets a wide panel stand over the right edge.
 */
function placed(dashboard: Dashboard): Dashboard {
  let [x, y, height] = [0, 0, 0];
  const panels = (dashboard.panels ?? []).map((panel, index) => {
    const { w, h } = panel.gridPos ?? { w: COLUMNS, h: 1 };
    if (x + w > COLUMNS || panel.type === 'row') {
      y += height;
      [x, height] = [0, 0];
    }
    const gridPos = { x, y, w, h };
    x += w;
    height = Math.max(height, h);
    return { ...panel, id: index + 1, gridPos };
  });
  return { ...dashboard, panels };
}
