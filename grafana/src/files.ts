import { BOARDS } from './boards.ts';
import { toDashboard } from './to-dashboard.ts';

/** The dashboards by file name, as they are committed below `grafana/dashboards`. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    BOARDS.map((board) => [
      `${board.uid}.json`,
      `${JSON.stringify(toDashboard(board), undefined, 2)}\n`,
    ]),
  );
}
