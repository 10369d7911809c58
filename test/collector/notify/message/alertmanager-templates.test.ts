import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { TemplateError } from '../../../../collector/src/model/template/error.ts';
import { DEFAULT_TEMPLATES } from '../../../../collector/src/notify/message/default-templates.ts';
import { templateData } from '../../../../collector/src/notify/message/template-data.ts';
import { TemplateLibrary } from '../../../../collector/src/notify/message/template-library.ts';
import type {
  Notification,
  NotifiedAlert,
} from '../../../../collector/src/notify/stages/notification.ts';

interface Vector {
  readonly mode: 'text' | 'html';
  readonly template: string;
  readonly output?: string;
  readonly error?: string;
}

/** What Alertmanager 0.33.1 makes of each template; `vectors.go` beside it printed the file. */
const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../../golden/notify/vectors.json', import.meta.url), 'utf8'),
);

const STARTS_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function alert(given: Partial<NotifiedAlert>): NotifiedAlert {
  return {
    fingerprint: '',
    labels: {},
    annotations: {},
    startsAtMs: STARTS_MS,
    generatorUrl: 'http://gen/graph?a=1&b=2',
    ...given,
  };
}

const NOTIFICATION: Notification = {
  receiver: 'team (a+b)',
  groupKey: '{}:{}',
  groupLabels: { alertname: 'ModelDrift', model: 'm1' },
  reason: 'first_notification',
  externalUrl: 'http://am.example:9093/base',
  idempotencyKey: 'k',
  alerts: [
    alert({
      fingerprint: 'e922e80fa37a1c41',
      labels: { alertname: 'ModelDrift', model: 'm1', severity: 'warning', zone: '<z&\'">' },
      annotations: { summary: 'PSI 0.31', html: '<b>bold</b> & \'x\' + "y"' },
    }),
    alert({
      fingerprint: '00fbafe7c578f8f8',
      labels: {
        alertname: 'ModelDrift',
        model: 'm1',
        feature: 'é',
        severity: 'critical',
        zone: '<z&\'">',
      },
      annotations: {
        summary: 'PSI 0.5',
        link: 'javascript:alert(1)',
        ok: 'https://x/?a=b c&d',
      },
      endsAtMs: Date.UTC(2026, 0, 2, 4, 0, 0),
    }),
  ],
};

/** Alertmanager's page and name in place of ours, which is all that the defaults differ in. */
const ALERTMANAGER: string =
  '{{ define "__alertmanager" }}Alertmanager{{ end }}{{ define "__alertmanagerURL" }}' +
  '{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }}{{ end }}';

const library = new TemplateLibrary([
  { name: 'default', text: DEFAULT_TEMPLATES },
  { name: 'alertmanager', text: ALERTMANAGER },
]);

function run({ mode, template }: Vector): Partial<Vector> {
  try {
    const data = templateData(NOTIFICATION);
    const nowMs = Date.UTC(2026, 0, 3);
    const output =
      mode === 'html'
        ? library.html(template, data, nowMs)
        : library.text(template, data, { nowMs });
    return { output };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { error: error.message };
  }
}

/** Where we differ on purpose. */
const DIFFERENCES: Readonly<Record<string, Partial<Vector>>> = {
  // `.RouteLabels` came with 0.34, `.Escalation` is ours; both stand in the data's JSON.
  '{{ toJson . }}': {},
  // Comments stay, because clients that need conditional comments read them; values do not.
  '<!-- {{ "secret" }} -->{{ "<" }}': { output: '<!--  -->&lt;' },
};

test.for(VECTORS.filter(({ template }) => !(template in DIFFERENCES)))(
  '$mode template $template is as in Alertmanager',
  (vector) => {
    const { output, error } = vector;
    expect(run(vector)).toEqual(error === undefined ? { output } : { error });
  },
);

test('what differs on purpose', () => {
  const found = VECTORS.filter(({ template }) => template in DIFFERENCES);
  expect(found).toHaveLength(Object.keys(DIFFERENCES).length);
  for (const vector of found) expect(run(vector)).toMatchObject(DIFFERENCES[vector.template] ?? {});
  const ours = JSON.parse(run({ mode: 'text', template: '{{ toJson . }}' }).output ?? '');
  const theirs = JSON.parse(
    VECTORS.find(({ template }) => template === '{{ toJson . }}')?.output ?? '',
  );
  expect(ours).toEqual({ ...theirs, routeLabels: {}, escalation: null });
});
