/**
 * `npm run docs:pictures`: three pictures of the page, of two runs of the demo as a user sees them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { Page } from 'playwright-core';

import { ROOT } from '../../support/tidy/source-file.ts';
import { chromiumPath, launchChromium } from '../support/browser.ts';

const FOLDER = join(ROOT, 'docs/pictures');
const SIZE = { width: 1240, height: 720 };
const ALERT_MS_MAX = 120_000;

const executablePath = chromiumPath();
if (executablePath === undefined) {
  process.stderr.write('Cannot take pictures without Chromium: set TELLTALE_CHROMIUM\n');
  process.exit(2);
}
mkdirSync(FOLDER, { recursive: true });
const browser = await launchChromium(executablePath);
const page = await browser.newPage({ viewport: SIZE, colorScheme: 'dark' });
page.setDefaultTimeout(ALERT_MS_MAX);

await duringDemo(['--scenario', 'alerts', '--for', '90s'], async (url) => {
  await page.setViewportSize({ ...SIZE, height: 290 });
  // The alert that fired before stands beside the one that fires.
  await page.goto(`${url}/alerts?show=all`);
  await firing('InferenceErrors').locator('.spark-line').waitFor({ state: 'attached' });
  await take('page-alerts');
  await page.setViewportSize(SIZE);
  await firing('InferenceErrors').locator('.alert-name').click();
  await page.locator('.plot-threshold').waitFor({ state: 'attached' });
  await page.getByText('message sent').first().waitFor();
  await take('page-alert');
});
await page.emulateMedia({ colorScheme: 'light' });
await duringDemo(['--scenario', 'drift', '--for', '120s'], async (url) => {
  await page.goto(`${url}/drift`);
  await page.locator('.stream.stream-drift, .stream.stream-alert').first().waitFor();
  await page.locator('.bar-moved').first().waitFor();
  await take('page-drift');
});
await browser.close();

function firing(name: string): ReturnType<Page['locator']> {
  return page.locator('article.alert.firing', { hasText: name }).first();
}

async function take(name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.evaluate(`for (const each of document.querySelectorAll('main *')) {
    for (const node of each.childNodes) {
      if (node.nodeType === 3) node.data = node.data.replaceAll(${JSON.stringify(ROOT)}, '/srv/telltale');
    }
  }`);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  process.stdout.write(`docs/pictures/${name}.png\n`);
}

/** Runs the demo for as long as `look` does, at the address of its alert service. */
async function duringDemo(
  args: readonly string[],
  look: (url: string) => Promise<void>,
): Promise<void> {
  const demo = join(ROOT, 'examples/phishing/demo.ts');
  const child = spawn(process.execPath, [demo, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const exited = once(child, 'exit');
  try {
    await look(await addressOf(child));
  } finally {
    child.kill('SIGINT');
    await exited;
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('The demo ended before its alert service began')));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /alert service (?<url>http:\S+)/u.exec(line)?.groups?.['url'];
      if (url !== undefined) resolve(url);
    });
  });
}
