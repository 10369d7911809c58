import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { dashboardPage, PAGE_WIDTH } from './page.ts';
import { type DashboardJson, type DrawnSeries, seriesOf, type Where } from './panel-series.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const run = promisify(execFile);

/**
 * Draws every dashboard from live data into `folder`: a preview, never Grafana.
 *
 * @throws {Error} where there is no Chromium
 */
export async function drawPictures(
  dashboards: readonly DashboardJson[],
  folder: string,
  where: Where,
): Promise<void> {
  const browser = [process.env['CHROMIUM'], ...BROWSERS].find(
    (path): path is string => path !== undefined && existsSync(path),
  );
  if (browser === undefined) {
    throw new Error('Cannot draw pictures: there is no Chromium; set CHROMIUM to its path');
  }
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'telltale-pictures-'));
  try {
    for (const dashboard of dashboards) {
      const series = new Map<number, readonly DrawnSeries[]>();
      for (const panel of dashboard.panels) series.set(panel.id, await seriesOf(panel, where));
      const { html, height } = dashboardPage(dashboard, series, where);
      const page = join(work, `${dashboard.uid}.html`);
      writeFileSync(page, html);
      await run(browser, [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--hide-scrollbars',
        `--user-data-dir=${join(work, 'profile')}`,
        `--window-size=${PAGE_WIDTH},${height}`,
        `--screenshot=${join(folder, `${dashboard.uid}.png`)}`,
        `file://${page}`,
      ]);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
