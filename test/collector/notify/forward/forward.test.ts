import { expect, test } from 'vitest';

import { parseConfig } from '../../../../collector/src/config/load.ts';
import {
  ForwardBook,
  type ForwardedAlert,
} from '../../../../collector/src/notify/forward/forward-book.ts';
import {
  BATCH_MAX,
  ForwardQueue,
  QUEUE_MAX,
} from '../../../../collector/src/notify/forward/forward-queue.ts';
import type { NotifiedAlert } from '../../../../collector/src/notify/stages/notification.ts';

const START_MS = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

function alert(name: string, changes: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    fingerprint: name,
    labels: { alertname: name },
    annotations: {},
    startsAtMs: START_MS,
    generatorUrl: 'http://g',
    ...changes,
  };
}

const names = (alerts: readonly ForwardedAlert[]): readonly string[] =>
  alerts.map(({ labels }) => labels['alertname'] ?? '');

test('a firing alert is told at once and then every minute, with an end that lies ahead', () => {
  const book = new ForwardBook();
  const times: number[] = [];
  for (let nowMs = START_MS; nowMs < START_MS + 5 * MINUTE_MS; nowMs += 10_000) {
    const due = book.take([alert('A')], nowMs);
    if (due.length > 0) times.push((nowMs - START_MS) / 1000);
  }
  expect(times).toEqual([0, 60, 120, 180, 240]);
  expect(book.take([alert('B')], START_MS)).toEqual([
    {
      labels: { alertname: 'B' },
      annotations: {},
      startsAt: '2026-01-01T00:00:00.000Z',
      endsAt: '2026-01-01T00:04:00.000Z',
      generatorURL: 'http://g',
    },
  ]);
});

test('a resolved alert is told at once and for 15 minutes, though it is no longer seen', () => {
  const book = new ForwardBook();
  book.take([alert('A')], START_MS);
  const endsAtMs = START_MS + 5_000;
  const first = book.take([alert('A', { endsAtMs })], endsAtMs);
  expect(first).toMatchObject([{ endsAt: '2026-01-01T00:00:05.000Z' }]);
  let told = 0;
  for (let minute = 1; minute < 60; minute += 1) {
    told += book.take([], endsAtMs + minute * MINUTE_MS).length;
  }
  expect(told).toBe(15);
});

test('an alert that fires again is told at once', () => {
  const book = new ForwardBook();
  book.take([alert('A', { endsAtMs: START_MS })], START_MS);
  expect(names(book.take([alert('A', { startsAtMs: START_MS + 1 })], START_MS + 1))).toEqual(['A']);
});

function forwarded(name: string, endsAt = 'x'): ForwardedAlert {
  return { labels: { name }, annotations: {}, startsAt: '', endsAt, generatorURL: '' };
}

test('a batch that fails goes back to the front, behind nothing newer of itself', () => {
  const queue = new ForwardQueue();
  queue.add(Array.from({ length: BATCH_MAX + 10 }, (_, index) => forwarded(String(index))));
  const batch = queue.takeBatch();
  expect(batch).toHaveLength(BATCH_MAX);
  queue.add([forwarded('3', 'newer')]);
  queue.putBack(batch);
  const again = [...queue.takeBatch(), ...queue.takeBatch()];
  expect(again).toHaveLength(BATCH_MAX + 10);
  expect(again.filter(({ labels }) => labels['name'] === '3')).toEqual([forwarded('3', 'newer')]);
  expect(again[0]).toEqual(forwarded('0'));
});

test('when too many wait the oldest are dropped and counted', () => {
  const queue = new ForwardQueue();
  queue.add(Array.from({ length: QUEUE_MAX + 7 }, (_, index) => forwarded(String(index))));
  expect({ size: queue.size, dropped: queue.dropped }).toEqual({ size: QUEUE_MAX, dropped: 7 });
  expect(queue.takeBatch()[0]).toEqual(forwarded('7'));
});

function read(entry: string): unknown {
  return parseConfig(`collector: {forward: [${entry}]}`, 'telltale.yaml').forward;
}

test('collector.forward takes the keys of http_config beside the URL', () => {
  const auth = 'basic_auth: {username: u, password_file: p}';
  expect(read(`{url: "http://am:9093", ${auth}, follow_redirects: false}`)).toEqual([
    {
      name: 'http://am:9093',
      url: 'http://am:9093',
      http: {
        authorization: { kind: 'basic', username: { value: 'u' }, password: { file: 'p' } },
        followsRedirects: false,
        headers: [],
      },
    },
  ]);
});

test.for([
  ['{url: "http://am:9093", basic: x}', 'telltale.yaml:1:23: collector.forward[0]'],
  ['{url: "ftp://am"}', 'expected an http or https URL'],
] as const)('collector.forward refuses %s', ([entry, problem]) => {
  expect(() => read(entry)).toThrow(problem);
});
