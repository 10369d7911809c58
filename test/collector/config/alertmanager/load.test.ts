import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  type AlertmanagerConfig,
  parseAlertmanagerConfig,
} from '../../../../collector/src/config/alertmanager/load.ts';
import { isConfigError } from '../../../../collector/src/config/config-error.ts';
import { walkRoutes } from '../../../../collector/src/notify/stages/routing/route.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'telltale-alertmanager-'));

function load(text: string, ignoresUnsupported = false): AlertmanagerConfig {
  return parseAlertmanagerConfig(text, { file: 'am.yml', folder: FOLDER, ignoresUnsupported });
}

function problemsOf(text: string): readonly string[] {
  try {
    load(text);
    return [];
  } catch (error) {
    if (!isConfigError(error)) throw error;
    return error.message.split('\n');
  }
}

const ROOT = 'route: {receiver: a}\nreceivers: [{name: a}]\n';

test('a tree with everything it inherits', () => {
  const { root } = load(`route:
  receiver: a
  group_by: [alertname, cluster]
  repeat_interval: 1h
  routes:
  - matchers: ['team="x"', '{severity=~"p|q", zone!=""}']
    receiver: b
    continue: true
    group_wait: 1m30s
    routes:
    - match: {owner: me}
      match_re: {job: 'x.*'}
      group_by: ['...']
      mute_time_intervals: [nights]
receivers: [{name: a}, {name: b}]
time_intervals: [{name: nights}]
`);
  const shown = walkRoutes(root).map(({ groupBy, ...route }) => ({
    ...route,
    matchers: undefined,
    routes: undefined,
    groupBy: groupBy === 'all' ? 'all' : [...groupBy],
  }));
  const common = {
    groupIntervalMs: 300_000,
    repeatIntervalMs: 3_600_000,
    activeIntervals: [],
    labels: {},
    isImmediate: false,
  };
  const middle = '{}/{severity=~"p|q",team="x",zone!=""}';
  expect(shown).toEqual([
    {
      ...common,
      key: '{}',
      id: '{}',
      receivers: ['a'],
      continues: false,
      groupBy: ['alertname', 'cluster'],
      groupWaitMs: 30_000,
      muteIntervals: [],
    },
    {
      ...common,
      key: middle,
      id: `${middle}/0`,
      receivers: ['b'],
      continues: true,
      groupBy: ['alertname', 'cluster'],
      groupWaitMs: 90_000,
      muteIntervals: [],
    },
    {
      ...common,
      key: `${middle}/{job=~"^(?:x.*)$",owner="me"}`,
      id: `${middle}/0/{job=~"^(?:x.*)$",owner="me"}/0`,
      receivers: ['b'],
      continues: false,
      groupBy: 'all',
      groupWaitMs: 90_000,
      muteIntervals: ['nights'],
    },
  ]);
});

test('anchors, merge keys, null values and the words of YAML 1.1', () => {
  const { root } = load(
    `x: &unused
route:
  receiver: a
  group_by:
  routes:
  - &base {receiver: a, group_wait: 1s, continue: yes}
  - {<<: *base, continue: no, matchers: [a=b]}
receivers: [{name: a, webhook_configs: }]
`.replace('x: &unused\n', ''),
  );
  expect(root.routes.map(({ groupWaitMs, continues }) => [groupWaitMs, continues])).toEqual([
    [1000, true],
    [1000, false],
  ]);
});

test.each([
  ['', ['am.yml:1:1: Missing key "route": a root route with a receiver is needed']],
  ['route:\n  receiver: a\n', ['am.yml:2:3: route.receiver: Unknown receiver "a"']],
  ['routes: {}\n' + ROOT, ['am.yml:1:1: routes: Unknown key "routes"']],
  [
    ROOT.replace('{receiver: a}', '\n  receiver: a\n  group_wait: soon'),
    [
      'am.yml:3:3: route.group_wait: Cannot use this value: expected a duration such as 5m or 1h30m: current value is "soon"',
    ],
  ],
  [
    ROOT.replace('receiver: a}', 'receiver: a, matchers: [a=b], continue: true}'),
    [
      'am.yml:1:22: route.matchers: Cannot use matchers here: the root route takes every alert',
      'am.yml:1:39: route.continue: Cannot continue here: no route follows the root',
    ],
  ],
  [
    ROOT.replace('receiver: a}', 'receiver: a, routes: [{matchers: [\'a=~"("\']}]}'),
    [
      expect.stringMatching(
        /^am\.yml:1:32: route\.routes\[0\]\.matchers: Cannot use this value: expected matchers such as team="x": /u,
      ),
    ],
  ],
  [
    ROOT.replace('receiver: a}', 'receiver: a, group_interval: 0s}'),
    ['am.yml:1:22: route.group_interval: Cannot use this value: expected a duration above 0'],
  ],
  [
    ROOT.replace('receiver: a}', 'receiver: a, routes: [{mute_time_intervals: [days]}]}'),
    ['am.yml:1:54: route.routes[0].mute_time_intervals[0]: Unknown time interval "days"'],
  ],
  [
    ROOT.replace('[{name: a}]', '[{name: a}, {name: a}]'),
    ['am.yml:2:25: receivers[1].name: A second receiver "a"'],
  ],
  [
    ROOT.replace('{name: a}', "{name: a, webhook_configs: [{uri: 'http://x'}]}"),
    ['am.yml:2:42: receivers[0].webhook_configs[0].uri: Unknown key "uri"'],
  ],
  [
    ROOT + 'inhibit_rules: [{source_matchers: [a=b], targets: []}]\n',
    ['am.yml:3:42: inhibit_rules[0].targets: Unknown key "targets"'],
  ],
  [
    ROOT + "time_intervals: [{name: n, time_intervals: [{weekdays: ['friday:monday']}]}]\n",
    [
      'am.yml:3:57: time_intervals[0].time_intervals[0].weekdays[0]: Cannot use this value: expected an end that is not before its start: current value is "friday:monday"',
    ],
  ],
  [
    ROOT + 'global: {slack_api_url: "http://x", slack_api_url_file: f}\n',
    [
      'am.yml:3:1: global: Cannot use this value: expected either slack_api_url or slack_api_url_file',
    ],
  ],
  ['route: [\n', [expect.stringContaining('Cannot parse YAML')]],
])('%j is refused', (text, problems) => {
  expect(problemsOf(text)).toEqual(problems);
});

describe('receivers of kinds that we do not have', () => {
  const text = ROOT.replace('{name: a}', '{name: a, opsgenie_configs: [{api_key: k}]}');

  test('are refused by name and place', () => {
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(
        /^am\.yml:2:23: receivers\[0\]\.opsgenie_configs: Cannot use opsgenie_configs: supported are /u,
      ),
    ]);
  });

  test('are left out with a warning where that is wanted', () => {
    expect(load(text, true).warnings).toEqual(['opsgenie_configs is not supported and is ignored']);
  });
});

test.each([
  [
    'an alias without an anchor',
    `${ROOT}templates: [*t]\n`,
    /^am.yml:3:13: .*No anchor "t" before this$/u,
  ],
  [
    'a value that holds itself',
    `${ROOT}templates: &t [*t]\n`,
    /^am.yml:3:16: .*"t" holds itself$/u,
  ],
  [
    'nesting without end',
    `${ROOT}templates: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n`,
    /^am.yml:3:\d+: .*It is nested too deeply$/u,
  ],
  ['an alias before its anchor', `${ROOT}global: {a: *t}\ntemplates: [&t x]\n`, /No anchor "t"/u],
])('%s is refused with its place', (_, text, message) => {
  expect(problemsOf(text)).toEqual([expect.stringMatching(message)]);
});

describe('matchers of the older grammar are taken, with a warning for each', () => {
  const WAY = 'newer versions of Alertmanager';
  test.each([
    ['{matchers: [team="db"]}', []],
    ['{matchers: [\'team=~"a|b"\', env!=dev]}', []],
    ['{match: {team: d-b}}', []],
    [
      "{matchers: ['team=d b']}",
      [`route.routes[0].matchers[0]: ${WAY} cannot read "team=d b"; write "team=\\"d b\\""`],
    ],
    [
      '{matchers: [env=dev, \'team="d\\!b"\']}',
      [
        `route.routes[0].matchers[1]: ${WAY} cannot read "team=\\"d\\\\!b\\""; write "team=\\"d\\\\\\\\!b\\""`,
      ],
    ],
  ])('%s', (route, warnings) => {
    const file = `route: {receiver: a, routes: [${route}]}
receivers: [{name: a}]
`;
    expect(load(file).warnings).toEqual(warnings);
  });

  test('in inhibitions', () => {
    const { warnings } = load(`${ROOT}inhibit_rules:
- {source_matchers: [severity=critical], target_matchers: ['severity=very bad']}
`);
    expect(warnings).toEqual([
      `inhibit_rules[0].target_matchers[0]: ${WAY} cannot read "severity=very bad"; write "severity=\\"very bad\\""`,
    ]);
  });
});

test('what is shown has no secrets, no comments, and the defaults', () => {
  const { shown } = load(`# password hunter2
global: {slack_api_url: 'http://hunter2', resolve_timeout: 1m}
${ROOT.replace('{name: a}', "{name: a, webhook_configs: [{url: 'http://x/hunter2'}]}")}# hunter2
`);
  expect(shown).not.toContain('hunter2');
  expect(shown).toContain("slack_api_url: '<secret>'");
  expect(shown).toContain('resolve_timeout: 1m');
  expect(shown).toContain('smtp_hello: localhost');
});

test('templates are read from files and patterns, relative to the configuration', () => {
  writeFileSync(join(FOLDER, 'b.tmpl'), '{{ define "b" }}b{{ end }}');
  writeFileSync(join(FOLDER, 'a.tmpl'), '{{ define "a" }}a{{ end }}');
  const { templates } = load(`templates: ['*.tmpl']\n${ROOT}`);
  expect(templates.map(({ name }) => name)).toEqual(['a.tmpl', 'b.tmpl']);
  rmSync(FOLDER, { recursive: true });
});
