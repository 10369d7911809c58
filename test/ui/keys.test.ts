import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Scene } from './support/scene.ts';
import { chromiumOrWarn, Viewer } from './support/viewer.ts';

const browserPath = chromiumOrWarn('the API key, and texts that look like code');

/** What an attacker puts into labels to make a browser run it. */
const HOSTILE =
  '<img src=x onerror="document.title=`taken`"><script>document.title="taken"</script>';

const RULES = `groups: [{name: none, rules: []}]\n`;

let scene: Scene;
let viewer: Viewer;

beforeAll(async () => {
  if (browserPath === undefined) return;
  scene = new Scene();
  await scene.open(
    '  api_keys:\n' +
      '    - {name: viewer, key_file: viewer.key, scopes: [read]}\n' +
      '    - {name: ann, key_file: ann.key, scopes: [read, write, ingest]}\n',
    RULES,
    (folder) => {
      writeFileSync(join(folder, 'viewer.key'), 'key-of-the-viewer');
      writeFileSync(join(folder, 'ann.key'), 'key-of-ann');
    },
  );
  scene.goOn();
  viewer = await Viewer.open(scene.url);
});
afterAll(async () => {
  await viewer?.close();
  await scene?.close();
});

const dialog = () => viewer.page.getByRole('dialog', { name: 'API key' });

async function giveKey(key: string): Promise<void> {
  await dialog().getByLabel('Key').fill(key);
  await dialog().getByRole('button', { name: 'Use the key' }).click();
}

async function post(labels: Record<string, string>, annotations = {}): Promise<void> {
  const response = await fetch(`${scene.url}/api/v2/alerts`, {
    method: 'POST',
    body: JSON.stringify([{ labels, annotations }]),
    headers: { 'content-type': 'application/json', 'x-api-key': 'key-of-ann' },
  });
  expect(response.status).toBe(200);
}

describe.skipIf(browserPath === undefined)('with API keys', () => {
  test('a key is asked for, a wrong one is refused, and none is written down', async () => {
    await post({ alertname: 'Guarded', severity: 'critical' });
    await viewer.page.goto(scene.url);
    await dialog().waitFor();
    expect(await viewer.page.locator('article.alert').count()).toBe(0);
    await giveKey('wrong');
    await dialog().getByText('The service does not know this key').waitFor();
    await giveKey('key-of-the-viewer');
    await viewer.page.locator('article.alert', { hasText: 'Guarded' }).waitFor();
    await viewer.page.locator('.live.on').waitFor();
    const kept = await viewer.page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])',
    );
    expect(kept).not.toContain('key-of');
    await viewer.page.reload();
    await dialog().waitFor();
  });

  test('a key that may only look is told so; one that may act signs with its name', async () => {
    await viewer.page.goto(scene.url);
    await giveKey('key-of-the-viewer');
    const alert = viewer.page.locator('article.alert', { hasText: 'Guarded' });
    await alert.getByRole('button', { name: 'Ack' }).click();
    await viewer.page.getByText('key "viewer" lacks the scope "write"').waitFor();
    await viewer.page.reload();
    await giveKey('key-of-ann');
    await alert.getByRole('button', { name: 'Ack' }).click();
    await expect.poll(() => alert.locator('.mark-ack').allInnerTexts()).toEqual(['✓ ann']);
  });

  test('labels and annotations stay text, whatever they hold', async () => {
    await post(
      { alertname: HOSTILE, severity: 'critical', bad: HOSTILE, long: 'x'.repeat(1500) },
      {
        summary: `${HOSTILE} javascript:alert(1)`,
        description: HOSTILE,
        runbook_url: 'javascript:alert(1)',
      },
    );
    await viewer.page.reload();
    await giveKey('key-of-ann');
    const alert = viewer.page.locator('article.alert', { hasText: '<img src=x' });
    await alert.waitFor();
    viewer.problems.splice(0);
    await viewer.picture('hostile-dark');
    await alert.locator('.alert-name').click();
    await viewer.page.getByRole('heading', { name: HOSTILE }).waitFor();
    await viewer.page.locator('.label', { hasText: HOSTILE }).first().waitFor();
    const found = await viewer.page.evaluate(
      'JSON.stringify([document.querySelectorAll("img, main script").length, document.querySelectorAll("a[href^=javascript]").length])',
    );
    expect(found).toBe('[0,0]');
    expect(await viewer.page.title()).toContain('Telltale');
    expect(viewer.problems).toEqual([]);
    await viewer.picture('hostile-alert-dark');
  });

  test('another page cannot act in its place', async () => {
    const { alerts } = (await (
      await fetch(`${scene.url}/monitoring/alerts`, { headers: { 'x-api-key': 'key-of-ann' } })
    ).json()) as { alerts: { id: string }[] };
    const answer = await fetch(`${scene.url}/monitoring/alerts/${alerts[0]?.id ?? ''}/resolve`, {
      method: 'POST',
      body: '{}',
      headers: {
        'content-type': 'application/json',
        'x-api-key': 'key-of-ann',
        origin: 'https://evil.example',
      },
    });
    expect(answer.status).toBe(403);
  });
});
