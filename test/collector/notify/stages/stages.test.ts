import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type DedupOptions,
  decideNotification,
  type GroupView,
  type NotificationLogEntry,
} from '../../../../collector/src/notify/stages/dedup.ts';
import { fingerprint } from '../../../../collector/src/notify/stages/fingerprint.ts';
import { mergeNotifications } from '../../../../collector/src/notify/stages/merge.ts';
import type {
  Notification,
  NotifiedAlert,
} from '../../../../collector/src/notify/stages/notification.ts';
import {
  backoffMs,
  judgeHttpResult,
  parseRetryAfter,
} from '../../../../collector/src/notify/stages/retry.ts';
import { groupKey, groupLabels } from '../../../../collector/src/notify/stages/routing/route.ts';
import { DEFAULT_BACKOFF } from '../../../support/notify/backoff.ts';

const NOW = Date.parse('2026-01-02T03:04:05.678Z');

function alert(id: string, state: 'firing' | 'resolved', labels = {}): NotifiedAlert {
  const ended = state === 'resolved' ? { endsAtMs: NOW } : {};
  return { fingerprint: id, labels, annotations: {}, startsAtMs: NOW, generatorUrl: '', ...ended };
}

describe('fingerprint()', () => {
  test.for([
    {
      labels: { alertname: 'ModelDrift', model: 'm1', severity: 'warning' },
      expected: '0b23acf6bd8566f2',
    },
    {
      labels: { severity: 'critical', model: 'm1', feature: 'é', alertname: 'ModelDrift' },
      expected: '1fce4972e08ccb97',
    },
    { labels: { alertname: 'A', severity: 'a', team: 'x' }, expected: '0d5a737335ed21a8' },
  ])('is $expected', ({ labels, expected }) => {
    expect(fingerprint(labels)).toBe(expected);
  });
});

test('fingerprint() is 64-bit FNV-1a for any labels', () => {
  const reference = (labels: Record<string, string>): string => {
    let hash = 14_695_981_039_346_656_037n;
    const names = Object.keys(labels).sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    for (const text of names.flatMap((name) => [name, labels[name] ?? ''])) {
      for (const byte of [...new TextEncoder().encode(text), 0xff]) {
        hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 1_099_511_628_211n);
      }
    }
    return hash.toString(16).padStart(16, '0');
  };
  const labels = fc.dictionary(fc.string(), fc.string({ unit: 'binary' }));
  fc.assert(fc.property(labels, (each) => fingerprint(each) === reference(each)));
});

test('group keys are written as Alertmanager does, and absent labels are left out', () => {
  const keyOf = (labels: Record<string, string>): string =>
    groupKey('{}', groupLabels(labels, new Set(['model', 'alertname'])));
  expect(keyOf({ feature: 'x', model: 'm1', alertname: 'ModelDrift' })).toBe(
    '{}:{alertname="ModelDrift", model="m1"}',
  );
  expect(keyOf({ alertname: 'A' })).toBe('{}:{alertname="A"}');
  expect(groupLabels({ b: '1', a: '2' }, 'all')).toEqual({ a: '2', b: '1' });
});

describe('decideNotification()', () => {
  const options: DedupOptions = {
    repeatIntervalMs: 1000,
    sendsResolved: true,
    takesAcknowledgements: false,
    resendAfterMute: 'never_shown',
    nowMs: NOW,
  };
  const entry: NotificationLogEntry = {
    sentMs: NOW - 10,
    firing: ['a', 'b'],
    resolved: [],
    muted: [],
  };
  /** `a+` fires, `a-` is resolved, `a*` fires and is acknowledged; in brackets it is muted. */
  const viewOf = (texts: readonly string[], mutedBefore: readonly string[] = []): GroupView => {
    const pick = (pattern: RegExp): string[] =>
      texts.filter((text) => pattern.test(text)).map((text) => text.replaceAll(/[^a-z]/gu, ''));
    return {
      firing: pick(/^\w[+*]$/u),
      muted: pick(/^\(\w[+*]\)$/u),
      resolved: pick(/^\w-$/u),
      resolvedMuted: pick(/^\(\w-\)$/u),
      acknowledged: new Set(pick(/\*/u)),
      mutedBefore: new Set(mutedBefore),
    };
  };
  test.for([
    { name: 'a first alert', alerts: ['a+'], entry: undefined, reason: 'first_notification' },
    { name: 'a group that never fired', alerts: ['a-'], entry: undefined, reason: undefined },
    {
      name: 'a group that fires again',
      alerts: ['a+'],
      entry: { ...entry, firing: [] },
      reason: 'first_notification',
    },
    { name: 'no change', alerts: ['a+', 'b+'], entry, reason: undefined },
    { name: 'one more alert', alerts: ['a+', 'b+', 'c+'], entry, reason: 'new_alerts' },
    { name: 'one more and one resolved', alerts: ['a-', 'c+'], entry, reason: 'new_alerts' },
    { name: 'one resolved', alerts: ['a-', 'b+'], entry, reason: 'new_resolved' },
    {
      name: 'one resolved, told before',
      alerts: ['a-', 'b+'],
      entry: { ...entry, resolved: ['a'] },
      reason: undefined,
    },
    { name: 'all resolved', alerts: ['a-', 'b-'], entry, reason: 'all_resolved' },
    {
      name: 'the repeat interval',
      alerts: ['a+'],
      entry: { ...entry, sentMs: NOW - 1000 },
      reason: 'repeat',
    },
  ])('answers $reason to $name', ({ alerts, entry: logged, reason }) => {
    const decision = reason === undefined ? undefined : { reason, isSent: true };
    expect(decideNotification(viewOf(alerts), logged, options)).toEqual(decision);
  });

  test.for([
    {
      name: 'a group that is all muted, and was never shown',
      alerts: ['(a+)'],
      entry: undefined,
      reason: undefined,
    },
    { name: 'a mute of what was shown', alerts: ['(a+)', '(b+)'], entry, reason: undefined },
    {
      name: 'the end of what is muted now and was shown before',
      alerts: ['(a-)', '(b-)'],
      entry,
      reason: 'all_resolved',
    },
    {
      name: 'the end of what was never shown',
      alerts: ['(c-)', 'a+', 'b+'],
      entry,
      reason: undefined,
    },
    {
      name: 'an alert whose first message a mute held back',
      alerts: ['a+', 'c+'],
      entry,
      mutedBefore: ['c'],
      reason: 'unmuted',
    },
    {
      name: 'an alert that was shown before it was muted',
      alerts: ['a+', 'c+'],
      entry: { ...entry, muted: ['c'] },
      reason: undefined,
    },
    {
      name: 'one resolved while another is muted',
      alerts: ['a-', '(b+)'],
      entry,
      reason: 'new_resolved',
    },
    {
      name: 'the repeat interval of acknowledged alerts',
      alerts: ['a*'],
      entry: { ...entry, sentMs: NOW - 1000 },
      reason: undefined,
    },
    {
      name: 'the repeat interval while one alert is not acknowledged',
      alerts: ['a*', 'b+'],
      entry: { ...entry, sentMs: NOW - 1000 },
      reason: 'repeat',
    },
  ])('answers $reason to $name', ({ alerts, entry: logged, mutedBefore, reason }) => {
    const decision = reason === undefined ? undefined : { reason, isSent: true };
    expect(decideNotification(viewOf(alerts, mutedBefore), logged, options)).toEqual(decision);
  });

  test('tells again after a mute where that is wanted', () => {
    const always: DedupOptions = { ...options, resendAfterMute: 'always' };
    const logged = { ...entry, muted: ['c'] };
    expect(decideNotification(viewOf(['a+', 'c+'], ['c']), logged, always)).toEqual({
      reason: 'unmuted',
      isSent: true,
    });
  });

  test('tells of an acknowledgement once, and only those who want to know', () => {
    const taking: DedupOptions = { ...options, takesAcknowledgements: true };
    const view = viewOf(['a*', 'b*']);
    expect(decideNotification(view, entry, options)).toBe(undefined);
    expect(decideNotification(view, entry, taking)).toEqual({
      reason: 'acknowledged',
      isSent: true,
    });
    const told = { ...entry, isAcknowledged: true };
    expect(decideNotification(view, told, taking)).toBe(undefined);
  });

  test('without send_resolved only clears the log when all is resolved', () => {
    const quiet = { ...options, sendsResolved: false };
    expect(decideNotification(viewOf(['a-']), entry, quiet)).toEqual({
      reason: 'all_resolved',
      isSent: false,
    });
    expect(decideNotification(viewOf(['a-', 'b+']), entry, quiet)).toBe(undefined);
  });
});

describe('mergeNotifications()', () => {
  const base: Omit<Notification, 'reason' | 'alerts'> = {
    receiver: 'r',
    groupKey: 'k',
    groupLabels: {},
    externalUrl: '',
    idempotencyKey: 'old',
  };
  test('keeps alerts that only the waiting message has, in their newest state', () => {
    const waiting: Notification = {
      ...base,
      reason: 'first_notification',
      alerts: [alert('a', 'firing'), alert('b', 'firing')],
    };
    const newer: Notification = {
      ...base,
      idempotencyKey: 'new',
      reason: 'new_alerts',
      alerts: [alert('b', 'resolved'), alert('c', 'firing')],
    };
    expect(mergeNotifications(waiting, newer)).toEqual({
      ...base,
      idempotencyKey: 'new',
      reason: 'first_notification',
      alerts: [alert('a', 'firing'), alert('b', 'resolved'), alert('c', 'firing')],
    });
  });
});

describe('judgeHttpResult()', () => {
  test.for([
    { status: 200, kind: 'done', reason: undefined },
    { status: 204, kind: 'done', reason: undefined },
    { status: 400, kind: 'failed', reason: 'clientError' },
    { status: 401, kind: 'failed', reason: 'authError' },
    { status: 403, kind: 'failed', reason: 'authError' },
    { status: 404, kind: 'failed', reason: 'clientError' },
    { status: 408, kind: 'retry', reason: 'clientError' },
    { status: 425, kind: 'retry', reason: 'clientError' },
    { status: 429, kind: 'retry', reason: 'rateLimited' },
    { status: 500, kind: 'retry', reason: 'serverError' },
    { status: 503, kind: 'retry', reason: 'serverError' },
  ])('says $kind to status $status', ({ status, kind, reason }) => {
    const outcome = judgeHttpResult({ kind: 'answer', status, headers: {}, body: 'why' }, NOW);
    expect(outcome).toEqual(
      reason === undefined ? { kind } : { kind, reason, message: `status ${status}: why` },
    );
  });

  test.for([
    { location: '/login', place: 'another path' },
    { location: 'https://sso.example/login?token=secret', place: 'https://sso.example' },
    { location: 'https://user:secret@sso.example/', place: 'https://sso.example' },
    { location: undefined, place: 'another path' },
  ])('tries again after a redirect to $location', ({ location, place }) => {
    const headers: Record<string, string> = location === undefined ? {} : { location };
    expect(judgeHttpResult({ kind: 'answer', status: 302, headers, body: 'why' }, NOW)).toEqual({
      kind: 'retry',
      reason: 'other',
      message: `status 302: redirects to ${place}; use the final address`,
    });
  });

  test('obeys Retry-After and retries when there was no answer', () => {
    const busy = {
      kind: 'answer',
      status: 429,
      headers: { 'retry-after': '7' },
      body: '',
    } as const;
    expect(judgeHttpResult(busy, NOW)).toMatchObject({ kind: 'retry', retryAfterMs: 7000 });
    expect(judgeHttpResult({ kind: 'no answer', reason: 'timeout', message: 'late' }, NOW)).toEqual(
      {
        kind: 'retry',
        reason: 'contextDeadlineExceeded',
        message: 'late',
      },
    );
  });
});

test.for([
  { value: '120', expected: 120_000 },
  { value: 'Fri, 02 Jan 2026 03:04:15 GMT', expected: 9322 },
  { value: 'Fri, 02 Jan 2026 03:04:00 GMT', expected: 0 },
  { value: '999999', expected: 3_600_000 },
  { value: 'soon', expected: undefined },
  { value: undefined, expected: undefined },
])('parseRetryAfter() of $value is $expected ms', ({ value, expected }) => {
  expect(parseRetryAfter(value, NOW)).toBe(expected);
});

test.for([
  { attempts: 1, random: 0.5, expected: 1000 },
  { attempts: 3, random: 0.5, expected: 4000 },
  { attempts: 1, random: 0, expected: 800 },
  { attempts: 40, random: 1, expected: 360_000 },
])('backoffMs() after $attempts attempts is $expected', ({ attempts, random, expected }) => {
  expect(backoffMs(attempts, random, DEFAULT_BACKOFF)).toBe(expected);
});
