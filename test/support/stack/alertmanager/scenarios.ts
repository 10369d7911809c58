import type { Scenario, Step } from './scenario.ts';

const fire = (atMs: number, ...names: string[]): Step => ({
  atMs,
  post: names.map((alertname) => ({ labels: { alertname, host: alertname.toLowerCase() } })),
});
const end = (atMs: number, ...names: string[]): Step => ({
  atMs,
  post: names.map((alertname) => ({
    labels: { alertname, host: alertname.toLowerCase() },
    endsMs: 0,
  })),
});

const told = (messages: number): Step => ({ told: messages });

const ONE_GROUP = 'group_by: []';

/** Timelines that run beside each other, with group_wait 1 s and group_interval 2 s. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'fires-and-resolves', steps: [fire(0, 'A'), told(1), end(300, 'A')] },
  { name: 'batching', route: ONE_GROUP, steps: [fire(0, 'A'), fire(300, 'B'), fire(600, 'C')] },
  { name: 'late-alert', route: ONE_GROUP, steps: [fire(0, 'A'), told(1), fire(300, 'B')] },
  { name: 'resolved-before-first-flush', steps: [fire(0, 'A'), end(400, 'A')] },
  {
    name: 'fires-again-before-the-end-is-told',
    steps: [fire(0, 'A'), told(1), end(200, 'A'), fire(600, 'A')],
  },
  {
    name: 'fires-again-after-the-end',
    steps: [fire(0, 'A'), told(1), end(300, 'A'), told(2), fire(300, 'A'), told(3), end(300, 'A')],
  },
  { name: 'two-groups', steps: [fire(0, 'A', 'B'), told(2), end(300, 'A')] },
  {
    name: 'group-by-all',
    route: "group_by: ['...']",
    steps: [fire(0, 'A', 'B')],
  },
  {
    name: 'one-group',
    route: ONE_GROUP,
    steps: [fire(0, 'A', 'B'), told(1), end(300, 'A'), told(2), end(300, 'B')],
  },
  {
    name: 'repeat',
    route: 'group_by: []\nrepeat_interval: 3s',
    steps: [fire(0, 'A'), told(3), end(300, 'A')],
  },
  {
    name: 'without-send-resolved',
    receiver: "webhook_configs: [{url: 'HOOK/without-send-resolved', send_resolved: false}]",
    route: ONE_GROUP,
    steps: [fire(0, 'A', 'B'), told(1), end(300, 'A'), end(4500, 'B'), fire(9000, 'A')],
  },
  {
    name: 'max-alerts',
    receiver: "webhook_configs: [{url: 'HOOK/max-alerts', max_alerts: 2}]",
    route: ONE_GROUP,
    steps: [fire(0, 'A', 'B', 'C', 'D')],
  },
  {
    name: 'continue',
    routes: `- matchers: ['alertname=~"A|B"']
  receiver: continue-first
  continue: true
- matchers: ['alertname="A"']
  receiver: continue-second`,
    receivers: `- name: continue-first
  webhook_configs: [{url: 'HOOK/continue-first'}]
- name: continue-second
  webhook_configs: [{url: 'HOOK/continue-second'}]`,
    steps: [fire(0, 'A', 'B', 'C')],
  },
  {
    name: 'nested-routes',
    routes: `- matchers: ['host=~"a|b"']
  group_wait: 500ms
  routes:
  - match: {alertname: A}
    group_by: [host]
    receiver: nested-routes-deep`,
    receivers: `- name: nested-routes-deep
  webhook_configs: [{url: 'HOOK/nested-routes-deep'}]`,
    steps: [fire(0, 'A', 'B', 'C')],
  },
  {
    name: 'match-re',
    routes: `- match_re: {alertname: '^(A|B)$', host: 'a.*'}
  receiver: match-re-found`,
    receivers: `- name: match-re-found
  webhook_configs: [{url: 'HOOK/match-re-found'}]`,
    steps: [fire(0, 'A', 'B')],
  },
  {
    name: 'negative-matchers',
    routes: `- matchers: ['alertname!="A"', 'host!~"b|c"']
  receiver: negative-matchers-found`,
    receivers: `- name: negative-matchers-found
  webhook_configs: [{url: 'HOOK/negative-matchers-found'}]`,
    steps: [fire(0, 'A', 'B', 'D')],
  },
  {
    name: 'partly-resolved',
    route: ONE_GROUP,
    steps: [fire(0, 'A', 'B', 'C'), told(1), end(300, 'A'), told(2), end(300, 'B')],
  },
  {
    name: 'inhibited',
    inhibit: `- source_matchers: ['scenario="inhibited"', 'alertname="Down"']
  target_matchers: ['scenario="inhibited"', 'alertname="Slow"']`,
    steps: [fire(0, 'Down'), fire(200, 'Slow')],
  },
  {
    name: 'inhibition-ends',
    inhibit: `- source_matchers: ['scenario="inhibition-ends"', 'alertname="Down"']
  target_matchers: ['scenario="inhibition-ends"', 'alertname="Slow"']`,
    steps: [fire(0, 'Down'), fire(200, 'Slow'), told(1), end(1500, 'Down')],
  },
  {
    name: 'inhibition-of-others',
    inhibit: `- source_matchers: ['scenario="inhibition-of-others"', 'alertname="Down"']
  target_matchers: ['scenario="inhibition-of-others"', 'alertname=~"S.*"']
  equal: [cluster]`,
    steps: [
      {
        atMs: 0,
        post: [
          { labels: { alertname: 'Down', cluster: 'a' } },
          { labels: { alertname: 'Slow', cluster: 'a' } },
          { labels: { alertname: 'Stuck', cluster: 'b' } },
          { labels: { alertname: 'Sick' } },
        ],
      },
    ],
  },
  {
    name: 'inhibition-on-both-sides',
    inhibit: `- source_matchers: ['scenario="inhibition-on-both-sides"', 'level=~"high|low"']
  target_matchers: ['scenario="inhibition-on-both-sides"', 'level="low"']`,
    steps: [
      {
        atMs: 0,
        post: [
          { labels: { alertname: 'A', level: 'low' } },
          { labels: { alertname: 'B', level: 'low' } },
        ],
      },
      { atMs: 3500, post: [{ labels: { alertname: 'C', level: 'high' } }] },
      { atMs: 3600, post: [{ labels: { alertname: 'D', level: 'low' } }] },
    ],
    differs: {
      reason:
        'a source that inhibits stays one beside others with the same equal labels; Alertmanager 0.31 remembers one of them',
      messages: 3,
    },
  },
  {
    name: 'silenced',
    steps: [
      {
        atMs: 0,
        silence: { name: 's', matchers: [{ name: 'alertname', value: 'A' }], forMs: 60_000 },
      },
      fire(100, 'A', 'B'),
    ],
  },
  {
    name: 'silence-expires',
    steps: [
      {
        atMs: 0,
        silence: { name: 's', matchers: [{ name: 'alertname', value: 'A' }], forMs: 60_000 },
      },
      fire(100, 'A'),
      { atMs: 2500, expire: 's' },
    ],
  },
  {
    name: 'silence-runs-out',
    steps: [
      {
        atMs: 0,
        silence: { name: 's', matchers: [{ name: 'alertname', value: 'A' }], forMs: 2500 },
      },
      fire(100, 'A'),
    ],
  },
  {
    name: 'silence-to-come',
    steps: [
      fire(0, 'A'),
      {
        atMs: 100,
        silence: {
          name: 's',
          matchers: [{ name: 'alertname', value: 'B' }],
          fromMs: 60_000,
          forMs: 60_000,
        },
      },
      fire(1500, 'B'),
    ],
  },
  {
    name: 'silence-by-regex',
    route: ONE_GROUP,
    steps: [
      {
        atMs: 0,
        silence: {
          name: 's',
          matchers: [
            { name: 'alertname', value: 'A|B', isRegex: true },
            { name: 'host', value: 'b', isEqual: false },
          ],
          forMs: 60_000,
        },
      },
      fire(100, 'A', 'B', 'C'),
    ],
  },
  {
    name: 'silenced-after-it-was-told',
    steps: [
      fire(0, 'A'),
      told(1),
      {
        atMs: 300,
        silence: { name: 's', matchers: [{ name: 'alertname', value: 'A' }], forMs: 60_000 },
      },
      { atMs: 4500, expire: 's' },
      end(4800, 'A'),
    ],
  },
  {
    name: 'muted-by-interval',
    routes: `- matchers: ['alertname="A"']
  mute_time_intervals: [always]
- matchers: ['alertname="B"']
  mute_time_intervals: [never]`,
    steps: [fire(0, 'A', 'B', 'C')],
  },
  {
    name: 'active-in-interval',
    routes: `- matchers: ['alertname="A"']
  active_time_intervals: [never]
- matchers: ['alertname="B"']
  active_time_intervals: [never, today]`,
    steps: [fire(0, 'A', 'B', 'C')],
  },
  {
    name: 'end-in-the-future',
    steps: [{ atMs: 0, post: [{ labels: { alertname: 'A' }, endsMs: 2500 }] }],
  },
  {
    name: 'new-annotations',
    route: ONE_GROUP,
    steps: [
      { atMs: 0, post: [{ labels: { alertname: 'A' }, annotations: { summary: 'one' } }] },
      told(1),
      { atMs: 300, post: [{ labels: { alertname: 'A' }, annotations: { summary: 'two' } }] },
      fire(400, 'B'),
    ],
  },
  {
    name: 'old-alert',
    route: 'group_by: []\ngroup_wait: 20s\ngroup_interval: 20s',
    steps: [{ atMs: 0, post: [{ labels: { alertname: 'A' }, startsMs: -60_000 }] }],
  },
  {
    name: 'two-channels',
    receiver: `webhook_configs:
- {url: 'HOOK/two-channels'}
- {url: 'HOOK/two-channels-too', send_resolved: false}`,
    steps: [fire(0, 'A'), told(2), end(300, 'A')],
  },
  {
    name: 'odd-labels',
    route: 'group_by: [alertname, path]',
    steps: [
      {
        atMs: 0,
        post: [
          {
            labels: { alertname: 'Ünïcode', path: 'C:\\temp\n"x"', empty: '' },
            annotations: { text: '<b>&amp; @everyone' },
          },
        ],
      },
    ],
  },
  {
    name: 'order-in-a-message',
    route: ONE_GROUP,
    steps: [
      {
        atMs: 0,
        post: [
          { labels: { alertname: 'Z', job: 'a', instance: '2' } },
          { labels: { alertname: 'Z', job: 'a', instance: '1' } },
          { labels: { alertname: 'A', job: 'b' } },
          { labels: { alertname: 'B' } },
          { labels: { alertname: 'A', extra: 'x' } },
          { labels: { alertname: 'C', instance: '0' } },
        ],
      },
    ],
  },
  {
    name: 'end-under-a-silence',
    steps: [
      fire(0, 'A'),
      told(1),
      {
        atMs: 300,
        silence: { name: 's', matchers: [{ name: 'alertname', value: 'A' }], forMs: 60_000 },
      },
      end(700, 'A'),
    ],
    differs: {
      reason:
        'who was told that an alert fires is told of its end, also under a silence (alertmanager#226)',
      messages: 2,
    },
  },
  {
    name: 'partly-silenced',
    route: ONE_GROUP,
    steps: [
      fire(0, 'A', 'B'),
      told(1),
      {
        atMs: 300,
        silence: { name: 's', matchers: [{ name: 'alertname', value: 'B' }], forMs: 60_000 },
      },
      fire(600, 'C'),
      told(2),
      { atMs: 500, expire: 's' },
    ],
    differs: {
      reason:
        'an alert that was shown before a silence is not news after it; notify.resend_after_mute: always tells it again',
      messages: 2,
    },
  },
];
