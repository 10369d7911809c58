import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { dashboardPage, PAGE_WIDTH } from './page.ts';
import { type DashboardJson, type DrawnSeries, seriesOf, type Where } from './panel-series.ts';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'];
const ATTEMPTS = 3;
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
      const picture = join(folder, `${dashboard.uid}.png`);
      rmSync(picture, { force: true });
      const size = `--window-size=${PAGE_WIDTH},${height}`;
      // On a busy machine Chromium may end well without having drawn anything.
      for (let attempt = 0; attempt < ATTEMPTS && !existsSync(picture); attempt += 1) {
        await run(browser, [
          ...FLAGS,
          size,
          `--user-data-dir=${join(work, 'profile')}`,
          `--screenshot=${picture}`,
          `file://${page}`,
        ]);
      }
      if (!existsSync(picture)) throw new Error(`Cannot draw ${dashboard.uid}: Chromium gave none`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
