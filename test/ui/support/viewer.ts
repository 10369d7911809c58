import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { AxeResults } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';

import { ROOT } from '../../support/tidy/source-file.ts';
import { chromiumPath, launchChromium } from './browser.ts';

export const SCHEMES = ['dark', 'light'] as const;

/** Where pictures of every view are left to be looked at. */
const PICTURES = join(ROOT, '.cache/ui');

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Says loudly that nothing was looked at. */
export function chromiumOrWarn(what: string): string | undefined {
  const path = chromiumPath();
  if (path === undefined) {
    process.stderr.write(`SKIPPED, no Chromium (set TELLTALE_CHROMIUM): ${what}\n`);
  }
  return path;
}

/** A browser on the page of a service, with everything that went wrong in it. */
export class Viewer {
  readonly page: Page;
  readonly url: string;
  /** Console errors, among them each violation of the policy, and exceptions. */
  readonly problems: string[] = [];
  /** `GET /monitoring/alerts`, without the query. */
  readonly asked: Set<string> = new Set();
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.#context = context;
    this.page = page;
    this.url = url;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') {
        this.problems.push(message.text());
      }
    });
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('request', (request) =>
      this.asked.add(`${request.method()} ${request.url().split('?')[0]}`),
    );
  }

  static async open(url: string, width = 1280): Promise<Viewer> {
    const browser = await launchChromium(chromiumPath() ?? '');
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      colorScheme: 'dark',
    });
    return new Viewer(context, await context.newPage(), url);
  }

  async close(): Promise<void> {
    await this.#context.browser()?.close();
  }

  /** Opens a path and waits until its first data is there. */
  async go(path: string): Promise<void> {
    await this.page.goto(this.url + path);
    await this.page.locator('main :is(h1, .empty)').first().waitFor({ state: 'attached' });
  }

  another(): Promise<Page> {
    return this.#context.newPage();
  }

  async picture(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }

  /** What axe finds, one line each. Injected past the policy, as a debugger does. */
  async violations(): Promise<readonly string[]> {
    const session = await this.#context.newCDPSession(this.page);
    await session.send('Runtime.evaluate', { expression: `${AXE}; 0` });
    await session.detach();
    const results = (await this.page.evaluate('axe.run()')) as AxeResults;
    return results.violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id}: ${target.join(' ')} ${failureSummary}`,
      ),
    );
  }
}
