import { setTimeout as delay } from 'node:timers/promises';

import type { Side, ToldMessage } from './sides.ts';
import { toldMessage } from './sides.ts';

/**
 * One thing that happens. `atMs` counts from the beginning, or from the last `told`, which waits
 * until a side has told so many messages: a slow machine stretches a timeline, and bends nothing.
 */
export type Step =
  | { readonly told: number }
  | ({ readonly atMs: number } & (
      | { readonly post: readonly AlertPost[] }
      | { readonly silence: SilencePost }
      | { readonly expire: string }
    ));

export interface AlertPost {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Relative to the moment of the post. */
  readonly startsMs?: number;
  readonly endsMs?: number;
}

export interface SilencePost {
  /** By which `expire` finds it. */
  readonly name: string;
  readonly matchers: readonly {
    readonly name: string;
    readonly value: string;
    readonly isRegex?: boolean;
    readonly isEqual?: boolean;
  }[];
  readonly fromMs?: number;
  readonly forMs: number;
}

/** A piece of a configuration and a timeline. Its alerts have the label `scenario` with its name. */
export interface Scenario {
  readonly name: string;
  /** Routes below the scenario's own, which sends to the receiver of its name. */
  readonly routes?: string;
  /** Further keys of the scenario's own route, one a line. */
  readonly route?: string;
  /** The receiver's entries, and further receivers named `<scenario>-something`. */
  readonly receiver?: string;
  readonly receivers?: string;
  readonly inhibit?: string;
  readonly steps: readonly Step[];
  /** Why the two sides are not to say the same, with what Telltale says in its place. */
  readonly differs?: { readonly reason: string; readonly messages: number };
}

/** One configuration of all scenarios. */
export function configOf(scenarios: readonly Scenario[]): string {
  const routes = scenarios.map(
    ({
      name,
      route = 'group_by: [alertname]',
      routes: children = '',
    }) => `  - matchers: ['scenario="${name}"']
    receiver: ${name}
${indent(route, 4)}${children === '' ? '' : `\n    routes:\n${indent(children, 4)}`}`,
  );
  const receivers = scenarios.map(
    ({ name, receiver = `webhook_configs: [{url: 'HOOK/${name}'}]`, receivers: more = '' }) =>
      `- name: ${name}\n${indent(receiver, 2)}${more === '' ? '' : `\n${more}`}`,
  );
  const inhibit = scenarios.flatMap(({ inhibit: rules = '' }) => (rules === '' ? [] : [rules]));
  return `route:
  receiver: absent
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 1h
  routes:
${routes.join('\n')}
receivers:
- name: absent
${receivers.join('\n')}
${inhibit.length === 0 ? '' : `inhibit_rules:\n${inhibit.join('\n')}`}
time_intervals:
- name: always
  time_intervals: [{years: ['2000:2100']}]
- name: never
  time_intervals: [{years: ['2000:2001']}]
- name: today
  time_intervals: [{times: [{start_time: '00:00', end_time: '24:00'}], weekdays: ['sunday:saturday'], months: ['january:december'], days_of_month: ['1:-1'], location: Asia/Tokyo}]
`;
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n');
}

/** Plays the timelines of all scenarios on one side; a moment's delay meets both sides alike. */
export async function play(side: Side, scenarios: readonly Scenario[]): Promise<void> {
  await Promise.all(
    scenarios.map(async ({ name, steps }) => {
      let startMs = Date.now();
      const silences = new Map<string, string>();
      for (const step of steps) {
        if ('told' in step) {
          await waitUntilTold(side, name, step.told);
          startMs = Date.now();
          continue;
        }
        await delay(Math.max(0, startMs + step.atMs - Date.now()));
        await perform(side, step, { scenario: name, silences });
      }
    }),
  );
}

const TOLD_MS_MAX = 30_000;

async function waitUntilTold(side: Side, name: string, messages: number): Promise<void> {
  const deadline = Date.now() + TOLD_MS_MAX;
  while (messageCount(side, name) < messages) {
    // The comparison will say what is missing.
    if (Date.now() > deadline) return;
    await delay(20);
  }
}

function messageCount(side: Side, name: string): number {
  return Object.values(storyOf(side, name)).reduce((sum, messages) => sum + messages.length, 0);
}

const QUIET_MS = 6000;
const SETTLE_MS_MAX = 40_000;

/** Resolves when no side has told anything for longer than groups wait. */
export async function settle(sides: readonly Side[]): Promise<void> {
  const deadline = Date.now() + SETTLE_MS_MAX;
  let counts = '';
  let sinceMs = Date.now();
  while (Date.now() - sinceMs < QUIET_MS && Date.now() < deadline) {
    await delay(100);
    const now = sides.map(({ sink }) => sink.received.length).join(' ');
    if (now !== counts) sinceMs = Date.now();
    counts = now;
  }
}

async function perform(
  side: Side,
  step: Exclude<Step, { readonly told: number }>,
  { scenario, silences }: { readonly scenario: string; readonly silences: Map<string, string> },
): Promise<void> {
  const nowMs = Date.now();
  const time = (ms: number): string => new Date(nowMs + ms).toISOString();
  if ('post' in step) {
    const alerts = step.post.map(({ labels, annotations = {}, startsMs, endsMs }) => ({
      labels: { scenario, ...labels },
      annotations,
      ...(startsMs === undefined ? {} : { startsAt: time(startsMs) }),
      ...(endsMs === undefined ? {} : { endsAt: time(endsMs) }),
    }));
    await call(side, 'POST /api/v2/alerts', alerts);
    return;
  }
  if ('expire' in step) {
    await call(side, `DELETE /api/v2/silence/${silences.get(step.expire)}`);
    return;
  }
  const { name, matchers, fromMs = 0, forMs } = step.silence;
  const answer = (await call(side, 'POST /api/v2/silences', {
    matchers: [
      { name: 'scenario', value: scenario, isRegex: false },
      ...matchers.map((each) => ({ isRegex: false, ...each })),
    ],
    startsAt: time(fromMs),
    endsAt: time(fromMs + forMs),
    createdBy: 'test',
    comment: 'test',
  })) as { readonly silenceID: string };
  silences.set(name, answer.silenceID);
}

async function call(side: Side, target: string, body?: unknown): Promise<unknown> {
  const [method = '', path = ''] = target.split(' ');
  const response = await fetch(side.url + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${side.name}: ${target}: ${response.status} ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

/** What the receivers of a scenario were told, in order for each path and group. */
export function storyOf({ sink }: Side, name: string): Record<string, ToldMessage[]> {
  const story: Record<string, ToldMessage[]> = {};
  for (const { path, payload } of sink.received) {
    const isOurs = path === `/${name}` || path.startsWith(`/${name}-`);
    if (!isOurs) continue;
    const key = `${path} ${payload.groupKey}`;
    story[key] = [...(story[key] ?? []), toldMessage(payload)];
  }
  return Object.fromEntries(Object.entries(story).sort(([a], [b]) => (a < b ? -1 : 1)));
}
