import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CROWD_CONFIG, crowdRules, fillCrowd } from './support/crowd.ts';
import { Scene } from './support/scene.ts';
import { chromiumOrWarn, Viewer } from './support/viewer.ts';

const browserPath = chromiumOrWarn('5,000 alerts and 500 rules');
const ALERTS = 5000;
/** More rows than any screen of 800 pixels shows with its margins. */
const ROWS_MAX = 40;

let scene: Scene;
let viewer: Viewer;

beforeAll(async () => {
  if (browserPath === undefined) return;
  scene = new Scene(0);
  await scene.open(CROWD_CONFIG, crowdRules(500));
  await fillCrowd(scene, ALERTS);
  scene.goOn();
  viewer = await Viewer.open(scene.url);
});
afterAll(async () => {
  await viewer?.close();
  await scene?.close();
});

const rows = () => viewer.page.locator('article.alert');

describe.skipIf(browserPath === undefined)('5,000 alerts', () => {
  test('are counted, and only those on the screen are rendered', async () => {
    await viewer.go('/');
    await viewer.page.getByText('5,000 alerts').waitFor();
    expect(await viewer.page.locator('.count', { hasText: 'critical' }).innerText()).toMatch(
      /^5,000\s+critical$/u,
    );
    expect(await rows().count()).toBeLessThan(ROWS_MAX);
    await rows().first().locator('.spark-line').waitFor({ state: 'attached' });
    await viewer.picture('crowd-dark');
  });

  test('the last one is reached by scrolling, and found by a filter', async () => {
    await viewer.go('/');
    await viewer.page.getByText('5,000 alerts').waitFor();
    await viewer.page.evaluate('document.querySelector("main").scrollTo(0, 1e9)');
    await viewer.page.locator('[aria-posinset="5001"]').waitFor();
    expect(await rows().count()).toBeLessThan(ROWS_MAX);
    await viewer.page.getByLabel('Filter').fill('place="4321"');
    await viewer.page.getByText('place 4321').waitFor();
    expect(await rows().count()).toBe(1);
  });

  test('500 rules are listed the same way', async () => {
    await viewer.go('/rules');
    await viewer.page.locator('[aria-setsize="552"]').first().waitFor();
    expect(await viewer.page.locator('.rule').count()).toBeLessThan(ROWS_MAX);
  });
});
