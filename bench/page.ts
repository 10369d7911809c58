/**
 * The page in the Chromium of this machine: how much a browser loads, how long it takes from the
 * address to the first rows with 5,000 firing alerts and 500 rules, and how long from a change in
 * the service to the row that shows it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { ROOT } from '../test/support/tidy/source-file.ts';
import { CROWD_CONFIG, crowdRules, fillCrowd } from '../test/ui/support/crowd.ts';
import { Scene } from '../test/ui/support/scene.ts';
import { chromiumOrWarn, Viewer } from '../test/ui/support/viewer.ts';
import { median } from './quantiles.ts';

const ALERTS = 5000;
const RULES = 500;
const RUNS = 7;

export async function main(options: { readonly isJson: boolean }): Promise<void> {
  const sizes = bundleSizes();
  const times = chromiumOrWarn('bench page') === undefined ? undefined : await timesInBrowser();
  if (!options.isJson) process.stdout.write('Bytes of script and style; medians in milliseconds\n');
  process.stdout.write(
    `${JSON.stringify({
      ...sizes,
      firstPaintMs5000Alerts: times?.firstPaintMs ?? null,
      updateMs: times?.updateMs ?? null,
    })}\n`,
  );
}

function bundleSizes(): { readonly bundleBytes: number; readonly bundleGzipBytes: number } {
  const folder = join(ROOT, 'collector/dist/page/assets');
  const files = readdirSync(folder)
    .filter((name) => /\.(?:js|css)$/u.test(name))
    .map((name) => readFileSync(join(folder, name)));
  const sum = (sizes: readonly number[]): number => sizes.reduce((total, each) => total + each, 0);
  return {
    bundleBytes: sum(files.map(({ length }) => length)),
    bundleGzipBytes: sum(files.map((file) => gzipSync(file, { level: 9 }).length)),
  };
}

async function timesInBrowser(): Promise<{ firstPaintMs: number; updateMs: number }> {
  const scene = new Scene(0);
  await scene.open(CROWD_CONFIG, crowdRules(RULES));
  await fillCrowd(scene, ALERTS);
  scene.goOn();
  const viewer = await Viewer.open(scene.url);
  try {
    const paints: number[] = [];
    for (let run = 0; run < RUNS; run += 1) paints.push(await firstPaintMs(viewer));
    const updates: number[] = [];
    for (let run = 0; run < RUNS; run += 1) updates.push(await updateMs(viewer, scene, run));
    return { firstPaintMs: Math.round(median(paints)), updateMs: Math.round(median(updates)) };
  } finally {
    await viewer.close();
    await scene.close();
  }
}

/** From the navigation to the frame after the first alert is in the document. */
async function firstPaintMs(viewer: Viewer): Promise<number> {
  await viewer.page.goto('about:blank');
  await viewer.page.goto(viewer.url, { waitUntil: 'commit' });
  const script = `new Promise((resolve) => {
    const look = () => document.querySelector('article.alert') === null
      ? requestAnimationFrame(look)
      : requestAnimationFrame(() => resolve(performance.now()));
    look();
  })`;
  return (await viewer.page.evaluate(script)) as number;
}

/** From an alert that is posted to its row, with all the others there. */
async function updateMs({ page }: Viewer, scene: Scene, run: number): Promise<number> {
  await page.getByText('5,000 alerts').waitFor();
  await page.locator('.live.on').waitFor();
  const labels = { alertname: `Update${run}`, severity: 'critical' };
  const beganMs = performance.now();
  await fetch(`${scene.url}/api/v2/alerts`, {
    method: 'POST',
    body: JSON.stringify([{ labels }]),
    headers: { 'content-type': 'application/json' },
  });
  await page.locator('article.alert', { hasText: `Update${run}` }).waitFor();
  return performance.now() - beganMs;
}
