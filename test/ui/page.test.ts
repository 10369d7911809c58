import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { openApiDocument } from '../../collector/src/http/routes/openapi/document.ts';
import { Scene } from './support/scene.ts';
import { chromiumOrWarn, SCHEMES, Viewer } from './support/viewer.ts';

const browserPath = chromiumOrWarn('every view of the page');

let scene: Scene;
let viewer: Viewer;

beforeAll(async () => {
  if (browserPath === undefined) return;
  scene = new Scene();
  await scene.open();
  await scene.play();
  viewer = await Viewer.open(scene.url);
});
afterAll(async () => {
  await viewer?.close();
  await scene?.close();
});
/** Nothing went wrong in the browser that the reader did not see. */
function expectNoProblems(): void {
  expect(viewer.problems.splice(0)).toEqual([]);
}
afterEach(expectNoProblems);

/** What a person sees, sooner or later. */
async function expectShown(shown: Locator): Promise<void> {
  await shown.waitFor();
}

const row = (text: string | RegExp) => viewer.page.locator('article.alert', { hasText: text });
const text = (wanted: string | RegExp) => viewer.page.getByText(wanted).first();

async function post(labels: Record<string, string>, extra: object = {}): Promise<void> {
  const alert = { labels: { severity: 'info', ...labels }, annotations: {}, ...extra };
  const response = await fetch(`${scene.url}/api/v2/alerts`, {
    method: 'POST',
    body: JSON.stringify([alert]),
    headers: { 'content-type': 'application/json' },
  });
  expect(response.status).toBe(200);
}

const ended = (): object => ({ endsAt: new Date(scene.clock.nowMs()).toISOString() });

describe.skipIf(browserPath === undefined)('alerts', () => {
  test('what fires: severity, value beside threshold, line, age, labels that differ, runbook', async () => {
    await viewer.go('/');
    const errors = row('InferenceErrors');
    await errors.locator('.spark-line').waitFor({ state: 'attached' });
    expect(await errors.locator('.severity').innerText()).toBe('critical');
    expect(await errors.locator('.alert-value').innerText()).toMatch(/^0\.1[34]\d*\s+> 0\.05$/u);
    expect(await errors.locator('time').innerText()).toMatch(/^\d+m( \d+s)?$/u);
    expect(await errors.getByRole('link', { name: 'runbook' }).getAttribute('href')).toBe(
      'https://runbooks.example.com/inference-errors',
    );
    const slow = row('95 % of inferences take up to');
    expect(await slow.count()).toBe(3);
    expect(await slow.first().locator('.label').allInnerTexts()).toEqual([
      expect.stringMatching(/^instance\s*scorer-6f9c-[abc]$/u),
      expect.stringMatching(/^zone\s*eu-\d$/u),
    ]);
    expect(await viewer.page.locator('.group-head').innerText()).toMatch(
      /warning\s*InferenceSlow\s*3 alerts\s*job\s*shop/u,
    );
    expect(await row('QueueDeep').locator('.mark-pending').innerText()).toBe('pending');
    expect(await viewer.page.title()).toBe('(5) Alerts – Telltale');
    await viewer.picture('alerts-dark');
  });

  test('a filter is in the address, and another tab shows the same', async () => {
    await viewer.go('/');
    await viewer.page.keyboard.press('/');
    await viewer.page.keyboard.type('severity="warning", zone=~"eu-[12]"');
    await expect.poll(() => row('').count()).toBe(2);
    const shared = await viewer.another();
    await shared.goto(viewer.page.url());
    await expect.poll(() => shared.locator('article.alert').count()).toBe(2);
    expect(await shared.getByLabel('Filter').inputValue()).toBe(
      'severity="warning", zone=~"eu-[12]"',
    );
    await shared.close();
  });

  test('a filter that cannot be read says why and hides nothing', async () => {
    await viewer.go('/alerts?q=zone%3D~%22eu-(%22');
    await expectShown(text('Cannot read the pattern of "zone": eu-('));
    expect(await row('').count()).toBe(6);
  });

  test('grouping by another label is in the address too', async () => {
    await viewer.go('/');
    await viewer.page.getByLabel('Group by').selectOption('zone');
    await viewer.page.locator('.group-title', { hasText: 'eu-2' }).waitFor();
    expect(viewer.page.url()).toContain('group=zone');
  });

  test('keys choose an alert, acknowledge it and take that back', async () => {
    await viewer.go('/');
    await row('InferenceErrors').waitFor();
    await viewer.page.keyboard.press('j');
    await viewer.page.locator('article.selected', { hasText: 'InferenceErrors' }).waitFor();
    await viewer.page.keyboard.press('a');
    await row('InferenceErrors').locator('.mark-ack').waitFor();
    expect(await (await fetch(`${scene.url}/monitoring/alerts?acked=true`)).json()).toMatchObject({
      alerts: [{ alertname: 'InferenceErrors' }],
    });
    await viewer.page.keyboard.press('a');
    await row('InferenceErrors').locator('.mark-ack').waitFor({ state: 'detached' });
  });

  test('a click acknowledges under the name of the reader', async () => {
    await viewer.go('/');
    await viewer.page.getByRole('button', { name: 'Your name' }).click();
    await viewer.page.getByRole('textbox').last().fill('ann');
    await viewer.page.keyboard.press('Enter');
    await row('InferenceErrors').getByRole('button', { name: 'Ack' }).click();
    await expectShown(row('InferenceErrors').locator('.mark-ack', { hasText: 'ann' }));
  });

  test('a silence shows first what it would mute, then mutes it until it resolves', async () => {
    await viewer.go('/');
    await row('eu-3').first().getByRole('button', { name: 'Silence' }).click();
    const dialog = viewer.page.getByRole('dialog', { name: 'Silence' });
    await dialog.getByText('Mutes 1 firing alert now').waitFor();
    const matchers = dialog.getByLabel('Matchers: all must hold');
    await matchers.fill('alertname="InferenceSlow"');
    await dialog.getByText('Mutes 3 firing alerts now').waitFor();
    await matchers.fill('alertname="InferenceSlow", zone="eu-3"');
    await dialog.getByText('until resolved').first().click();
    await dialog.getByLabel('Why').fill('known');
    await viewer.picture('silence-dark');
    await dialog.getByRole('button', { name: 'Silence until resolved' }).click();
    await row('silenced').waitFor();
    expect(await row('silenced').innerText()).toContain('eu-3');
  });

  test('resolved by hand is gone at once, and its receiver is told', async () => {
    await post({ alertname: 'Handmade', team: 'ml' });
    await viewer.go('/');
    await row('Handmade').getByRole('button', { name: 'Resolve' }).click();
    await expectShown(text('Resolved by hand: Handmade'));
    // Not under the pointer, and then it is gone.
    await row('Handmade').locator('.mark-resolved').waitFor();
    await row('Handmade').waitFor({ state: 'detached' });
  });

  test('what is new appears by itself, but not under a moving pointer', async () => {
    await viewer.go('/');
    await row('InferenceErrors').waitFor();
    await post({ alertname: 'Arrives', severity: 'critical' });
    await row('Arrives').waitFor();
    const before = await row('FleetDrift').boundingBox();
    await row('FleetDrift').hover();
    await viewer.page.mouse.move((before?.x ?? 0) + 40, (before?.y ?? 0) + 20);
    await post({ alertname: 'ArrivesLater', severity: 'critical' });
    await viewer.page.getByRole('button', { name: '1 new – show now' }).waitFor();
    expect(await row('ArrivesLater').count()).toBe(0);
    expect(
      Math.abs(((await row('FleetDrift').boundingBox())?.y ?? 0) - (before?.y ?? 0)),
    ).toBeLessThan(40);
    await viewer.page.getByRole('button', { name: '1 new – show now' }).click();
    await row('ArrivesLater').waitFor();
    for (const alertname of ['Arrives', 'ArrivesLater']) {
      await post({ alertname, severity: 'critical' }, ended());
    }
  });
});

describe.skipIf(browserPath === undefined)('one alert', () => {
  test('says why it fires, what happened, and draws its value with the threshold', async () => {
    await viewer.go('/');
    await row('InferenceErrors').getByRole('link', { name: 'InferenceErrors' }).click();
    await expectShown(text(/^It is 0\.1\d+, above 0\.05, [23](\.\d)? times as much\.$/u));
    await expectShown(text(/^This holds since .* and fires since .*, as the rule waits 1m\.$/u));
    const { page } = viewer;
    await page.locator('.plot-line').waitFor({ state: 'attached' });
    expect(await page.locator('.plot-threshold').getAttribute('d')).toMatch(/^M.+L/u);
    const timeline = page.getByRole('region', { name: 'What happened' }).getByRole('listitem');
    await timeline.filter({ hasText: 'acknowledged by ann' }).waitFor();
    const told = await timeline.allInnerTexts();
    const wanted = [/pending/u, /fires/u, /message sent to on-call/u, /acknowledged by ann/u];
    expect(
      wanted.map((each) => told.some((line) => each.test(line.replaceAll(/\s+/gu, ' ')))),
    ).toEqual(wanted.map(() => true));
    await expectShown(text('ml_error_ratio > 0.05'));
    await page.getByRole('link', { name: 'Runbook: what to do' }).waitFor();
    await viewer.picture('alert-dark');
  });

  test('links of messages lead to it', async () => {
    const { alerts } = (await (
      await fetch(`${scene.url}/monitoring/alerts?alertname=InferenceErrors`)
    ).json()) as { alerts: { links: { page: string } }[] };
    const link = new URL(alerts[0]?.links.page ?? '');
    await viewer.go(link.pathname + link.hash);
    await expectShown(viewer.page.getByRole('heading', { name: 'InferenceErrors' }));
  });

  test('similar episodes before it are listed', async () => {
    const labels = { alertname: 'Recurring', host: 'a' };
    await post(labels);
    await post(labels, ended());
    await post({ ...labels, host: 'b' });
    await viewer.go('/alerts?q=host%3Db');
    await row('Recurring').getByRole('link', { name: 'Recurring' }).click();
    const before = viewer.page
      .getByRole('region', { name: 'Similar episodes' })
      .getByRole('listitem');
    await before.filter({ hasText: /host\s*a/u }).waitFor();
    expect(await before.count()).toBe(1);
    await expectShown(text('Another program posted it'));
  });

  test('an alert that is gone says where to look', async () => {
    await viewer.go('/alerts/0123456789abcdef');
    await expectShown(text('Cannot find it: unknown id'));
    // The browser notes the 404 itself.
    expect(viewer.problems.splice(0).join()).toContain('404');
  });
});

describe.skipIf(browserPath === undefined)('drift', () => {
  test('streams by state, evidence, window against baseline, change point, the instance that differs', async () => {
    await viewer.go('/drift');
    const { page } = viewer;
    await page.getByRole('heading', { name: 'score of fraud 7' }).waitFor();
    await expectShown(text(/evidence [\d,.]+ is beyond 1,000/u));
    await expectShown(text(/^scorer-6f9c-b differs from all the others: PSI/u));
    const window = page.getByRole('img', { name: /^Shares of the window/u });
    expect(await window.locator('.bar').count()).toBe(20);
    expect(await window.locator('.bar-moved').count()).toBeGreaterThan(0);
    await expectShown(text(/the change most likely began about then/u));
    await page.getByRole('row', { name: /^scorer-6f9c-b differs/u }).waitFor();
    const states = page.getByRole('list', { name: 'Streams' }).locator('.mark');
    expect(await states.allInnerTexts()).toEqual(['drift', 'stable']);
    await viewer.picture('drift-dark');
  });

  test('its alert is acknowledged, its window reset, its baseline renewed', async () => {
    await viewer.go('/drift');
    await viewer.page.getByRole('button', { name: 'Acknowledge' }).click();
    await expectShown(text(/^Acknowledged FleetDrift/u));
    await viewer.page.getByRole('button', { name: 'Acknowledge' }).waitFor({ state: 'detached' });
    await viewer.page.getByRole('button', { name: 'Rebaseline' }).click();
    await expectShown(text('New baseline of score'));
    await viewer.page.getByRole('button', { name: 'Reset' }).click();
    await expectShown(text('Reset score: new windows begin'));
  });
});

describe.skipIf(browserPath === undefined)('rules and expressions', () => {
  test('groups with their last evaluation; a broken rule comes first and says why', async () => {
    await viewer.go('/rules');
    const first = viewer.page.getByRole('list', { name: 'Rules' }).getByRole('listitem').first();
    await expect
      .poll(() => first.innerText())
      .toMatch(/inventory\s*1 rule · every 1m · last .* ago, took/u);
    expect(await first.innerText()).toContain('1 broken rule');
    await expectShown(text(/^found duplicate series/u));
    await viewer.page.getByRole('button', { name: 'QueueDeep' }).click();
    const dialog = viewer.page.getByRole('dialog', { name: 'QueueDeep' });
    await dialog.getByRole('row', { name: 'queue_depth 3' }).waitFor();
    await viewer.picture('rules-dark');
    await dialog.getByRole('link', { name: 'Plot the expression' }).click();
    await viewer.page.locator('.plot-line').first().waitFor({ state: 'attached' });
  });

  test('completes names, labels and values, and plots several series', async () => {
    await viewer.go('/graph');
    const { page } = viewer;
    const box = page.getByRole('combobox', { name: 'Expression' });
    await box.pressSequentially('max(ml_lat');
    await page.getByRole('option', { name: 'ml_latency_p95_seconds' }).waitFor();
    await page.keyboard.press('Enter');
    expect(await box.inputValue()).toBe('max(ml_latency_p95_seconds');
    await box.pressSequentially('{zo');
    await page.getByRole('option', { name: 'zone' }).waitFor();
    await page.keyboard.press('Tab');
    await box.pressSequentially('=~"eu');
    await page.getByRole('option', { name: 'eu-2' }).waitFor();
    await page.keyboard.press('Escape');
    await box.pressSequentially('-[12]"}) by (instance)');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.plot-line').count()).toBe(2);
    expect(await page.locator('.legend tbody tr').count()).toBe(2);
    await viewer.picture('graph-dark');
    await page.getByRole('button', { name: 'Table' }).click();
    await page.getByRole('row', { name: /\{instance="scorer-6f9c-a"\} 0\.\d+/u }).waitFor();
  });

  test('an expression that cannot be read is explained', async () => {
    await viewer.go('/graph?g0.expr=sum(');
    await expectShown(text(/parse error/u));
    viewer.problems.splice(0);
  });
});

describe.skipIf(browserPath === undefined)('history, silences, receivers', () => {
  test('what happened, how fast people were, and which rules are noisy', async () => {
    await viewer.go('/history');
    await viewer.page.locator('.figure', { hasText: 'to acknowledge, 95 % within' }).waitFor();
    const noisy = viewer.page.getByRole('region', { name: 'Noisiest rules' });
    expect(await noisy.getByRole('row').nth(1).innerText()).toMatch(/^InferenceSlow\s+3/u);
    await viewer.page.getByLabel('What').selectOption('alert.acked');
    await viewer.page
      .getByRole('row', { name: /acknowledged InferenceErrors.* by ann/u })
      .first()
      .waitFor();
    await viewer.picture('history-dark');
  });

  test('a silence for everything is made only when it is confirmed', async () => {
    await viewer.go('/silences');
    await viewer.page.getByRole('button', { name: 'New silence' }).click();
    const dialog = viewer.page.getByRole('dialog', { name: 'Silence' });
    await dialog.getByLabel('Matchers: all must hold').fill('alertname=~".+"');
    await dialog.getByRole('button', { name: 'Silence for 2h' }).click();
    await dialog.getByText('would mute everything').waitFor();
    // The browser tells each refused request; the reader saw this one.
    expect(viewer.problems.splice(0)).toEqual([expect.stringContaining('400')]);
    await dialog.getByText('Yes, mute everything').click();
    await dialog.getByRole('button', { name: 'Silence for 2h' }).click();
    const made = viewer.page.getByRole('listitem').filter({ hasText: 'alertname=~".+"' });
    await made.getByRole('button', { name: 'End now' }).click();
    await made.waitFor({ state: 'detached' });
  });

  test('a silence is made and ended', async () => {
    await viewer.go('/silences');
    await viewer.page.getByRole('button', { name: 'New silence' }).click();
    const dialog = viewer.page.getByRole('dialog', { name: 'Silence' });
    await dialog.getByRole('button', { name: 'Silence for 2h' }).click();
    await dialog.getByText('Name at least one matcher').waitFor();
    await dialog.getByLabel('Matchers: all must hold').fill('zone="nowhere"');
    await dialog.getByRole('button', { name: 'Silence for 2h' }).click();
    const made = viewer.page.getByRole('listitem').filter({ hasText: 'zone="nowhere"' });
    await expectShown(made.getByText(/ends in 1h 59m|ends in 2h/u));
    await viewer.picture('silences-dark');
    await made.getByRole('button', { name: 'End now' }).click();
    await made.waitFor({ state: 'detached' });
  });

  test('a test message reaches a receiver, and one that fails says why', async () => {
    await viewer.go('/receivers');
    const card = viewer.page.getByRole('listitem').filter({ hasText: 'on-call' });
    await card.getByText(/Last success: \d/u).waitFor();
    const before = scene.posted.length;
    await card.getByRole('button', { name: 'Send a test message' }).click();
    await expectShown(text('on-call: the test message by webhook[0] was taken'));
    expect(
      scene.posted
        .slice(before)
        .map(({ body }) => body)
        .join(),
    ).toContain('TelltaleTest');
    scene.failing.add('serving.test');
    const other = viewer.page.getByRole('listitem').filter({ hasText: 'serving' });
    await other.getByRole('button', { name: 'Send a test message' }).click();
    await expectShown(text(/^serving: webhook\[0\]: /u));
    scene.failing.clear();
    await viewer.picture('receivers-dark');
  });
});

const VIEWS = [
  '/alerts',
  '/alert',
  '/rules',
  '/graph?g0.expr=queue_depth',
  '/drift',
  '/history',
  '/silences',
  '/receivers',
];

async function pathOf(view: string): Promise<string> {
  if (view !== '/alert') return view;
  const answer = await fetch(`${scene.url}/monitoring/alerts?alertname=InferenceErrors`);
  const { alerts } = (await answer.json()) as { alerts: { id: string }[] };
  return `/alerts/${alerts[0]?.id ?? ''}`;
}

describe.skipIf(browserPath === undefined)('every view', () => {
  test.for(SCHEMES.flatMap((scheme) => VIEWS.map((view) => [view, scheme] as const)))(
    '%s has no fault that axe knows, in %s',
    async ([view, scheme]) => {
      await viewer.page.emulateMedia({ colorScheme: scheme });
      await viewer.go(await pathOf(view));
      await viewer.page.locator('main :is(article, .card, .rule, .empty)').first().waitFor();
      expect(await viewer.violations()).toEqual([]);
      await viewer.picture(`${view.replaceAll(/\W+/gu, '') || 'alerts'}-${scheme}`);
    },
  );

  test('fits a telephone', async () => {
    await viewer.page.setViewportSize({ width: 390, height: 800 });
    const widths: Record<string, number> = {};
    for (const view of VIEWS) {
      await viewer.go(await pathOf(view));
      await viewer.page.locator('main :is(article, .card, .rule, .empty)').first().waitFor();
      widths[view] = (await viewer.page.evaluate(
        'Math.max(document.body.scrollWidth, document.querySelector("main").scrollWidth)',
      )) as number;
      await viewer.picture(`${view.replaceAll(/\W+/gu, '')}-narrow`);
    }
    await viewer.page.setViewportSize({ width: 1280, height: 800 });
    expect(widths).toEqual(Object.fromEntries(VIEWS.map((view) => [view, 390])));
  });

  test('nothing moves for those who ask for that', async () => {
    await viewer.page.emulateMedia({ reducedMotion: 'reduce' });
    await viewer.go('/');
    await row('InferenceErrors').waitFor();
    const script = 'getComputedStyle(document.querySelector("article.alert")).transitionDuration';
    expect(await viewer.page.evaluate(script)).toBe('0s');
    await viewer.page.emulateMedia({ reducedMotion: null });
  });

  test('asked this service only, and only for documented paths', () => {
    const { paths } = openApiDocument('0') as { paths: Record<string, Record<string, unknown>> };
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => {
        const pattern = path.replaceAll(/\{\w+\}/gu, '[^/]*');
        return new RegExp(`^${method.toUpperCase()} ${scene.url}${pattern}$`, 'u');
      }),
    );
    const isPage =
      /^GET http:\/\/127\.0\.0\.1:\d+\/(?:assets\/[\w.-]+|(?:alerts|rules|graph|drift|history|silences|receivers)?(?:\/\w+)?)$/u;
    const strangers = [...viewer.asked].filter(
      (each) => !isPage.test(each) && !documented.some((pattern) => pattern.test(each)),
    );
    expect(viewer.asked.size).toBeGreaterThan(20);
    expect(strangers).toEqual([]);
  });
});
