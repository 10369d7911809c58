import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Labels } from '../../collector/src/model/labels.ts';
import {
  groupKey as alertGroupKey,
  groupLabels,
} from '../../collector/src/notify/stages/routing/route.ts';
import type { LabelMatcher } from '../../collector/src/promql/ast.ts';
import { groupKey } from '../../collector/src/rules/rule.ts';
import { KeyedCounter } from '../../collector/src/runtime/service/keyed-counter.ts';
import { LivenessTracker } from '../../collector/src/storage/liveness.ts';
import { RetentionPlan } from '../../collector/src/storage/retention.ts';
import { SeriesStore } from '../../collector/src/storage/series-store.ts';
import { AlertServiceFixture } from '../support/collector/alert-service.ts';

/** Values made of what could stand between the parts of a key. */
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    '1',
    ':',
    ';',
    '=',
    '~',
    '\\',
    '"',
    '{',
    '}',
    ',',
    ' ',
    'ÿ',
    '\n',
  ),
  maxLength: 3,
});
const record = fc.dictionary(
  fc.constantFrom('a', 'b', 'aÿb', 'a="x", b', 'b=', 'ÿ', '\n', 'a1:'),
  text.filter((value) => value !== ''),
  { maxKeys: 3 },
);
const same = (left: unknown, right: unknown): boolean => {
  return JSON.stringify(left) === JSON.stringify(right);
};
const sorted = (labels: Record<string, string>): unknown => Labels.of(labels).flat;

describe('keys are equal for equal values only', () => {
  test('of labels', () => {
    fc.assert(
      fc.property(record, record, (left, right) => {
        const isSameKey = Labels.of(left).key === Labels.of(right).key;
        return isSameKey === same(sorted(left), sorted(right));
      }),
      { numRuns: 3000 },
    );
  });

  test('of selections: each poll finds what its own matchers select', () => {
    const matcher = fc.record({
      name: fc.constantFrom('a', 'b', 'aÿb', 'b='),
      operator: fc.constantFrom<LabelMatcher['operator']>('=', '!='),
      value: text,
    });
    const matchers = fc.array(matcher, { minLength: 1, maxLength: 3 });
    const store = new SeriesStore({
      retention: new RetentionPlan([], { retainAllMs: 60_000, marginMs: 0 }),
    });
    store.advanceTo(1000);
    for (const a of ['', 'a', 'xÿb=', 'aÿ', '~']) {
      for (const b of ['', 'b', 'y']) store.resolve(Labels.of({ __name__: 'm', a, b }));
    }
    const holds = (labels: Labels, { name, operator, value }: LabelMatcher): boolean =>
      (labels.get(name) === value) === (operator === '=');
    fc.assert(
      fc.property(matchers, (wanted) => {
        const found = store.select(wanted, 0, 2000).map(({ labels }) => labels);
        return found.every((labels) => wanted.every((one) => holds(labels, one)));
      }),
      { numRuns: 3000 },
    );
  });

  test('of alert groups', () => {
    fc.assert(
      fc.property(record, record, (left, right) => {
        const keys = [left, right].map((labels) => alertGroupKey('{}', groupLabels(labels, 'all')));
        return new Set(keys).size === (same(sorted(left), sorted(right)) ? 1 : 2);
      }),
      { numRuns: 3000 },
    );
  });

  test('of rule groups, resources and counters', () => {
    const pair = fc.tuple(text, text);
    fc.assert(
      fc.property(pair, pair, ([file, name], [otherFile, otherName]) => {
        const isSame = file === otherFile && name === otherName;
        const tracker = new LivenessTracker();
        const resource = tracker.resourceOf(Labels.of({ job: file, instance: name }));
        const other = tracker.resourceOf(Labels.of({ job: otherFile, instance: otherName }));
        const counter = new KeyedCounter(['file', 'name']);
        counter.add([file, name]);
        counter.add([otherFile, otherName]);
        return (
          (groupKey({ file, name }) === groupKey({ file: otherFile, name: otherName })) ===
            isSame &&
          (resource === other) === isSame &&
          (counter.readings().length === 1) === isSame
        );
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a sender or a reader cannot forge', () => {
  let service: AlertServiceFixture;
  beforeEach(() => {
    service = new AlertServiceFixture();
  });
  afterEach(async () => {
    await service.stop();
    service.remove();
  });

  test('the series of another: ÿ in a value', async () => {
    service.writeRules(`groups:
  - name: g
    interval: 10s
    rules:
      - {alert: Deep, expr: queue_depth > 10}
      - {record: 'queue:by_who', expr: 'sum by (pod, who) (queue_depth)'}
`);
    service.configure('  retain_all: 5m');
    await service.start();
    const attributes = [{ pod: 'a', who: 'b' }, { pod: 'aÿwhoÿb' }];
    await service.post(
      attributes.map((each, index) => {
        const point = { name: 'queue_depth', value: 20 + index, timeMs: service.clock.nowMs() };
        return { ...point, attributes: each as Record<string, string> };
      }),
    );
    await service.clock.advance(20_000);
    expect(await service.alerts()).toEqual(['Deep firing', 'Deep firing']);
    expect(await service.query('sort(queue:by_who)')).toEqual([
      [{ __name__: 'queue:by_who', pod: 'a', who: 'b' }, '20'],
      [{ __name__: 'queue:by_who', pod: 'aÿwhoÿb' }, '21'],
    ]);
  });

  test('the selection of a rule: a poll of a="xÿb=y"', async () => {
    service.writeRules(`groups:
  - name: g
    interval: 10s
    rules:
      - {alert: Seen, expr: 'coll2{a="x",b="y"} > 0'}
`);
    service.configure('  retain_all: 5m');
    await service.start();
    const point = { name: 'coll2', value: 1, timeMs: service.clock.nowMs() };
    await service.post([{ ...point, attributes: { a: 'x', b: 'z' } }]);
    expect(await service.query('coll2{a="xÿb=y"}')).toEqual([]);
    await service.post([{ ...point, attributes: { a: 'x', b: 'y' } }]);
    for (let poll = 0; poll < 3; poll += 1) {
      expect(await service.query('coll2{a="xÿb=y"}')).toEqual([]);
      await service.clock.advance(10_000);
    }
    expect(await service.alerts()).toEqual(['Seen firing']);
  });
});
