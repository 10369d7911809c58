import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { withChanged } from '../../../../collector/ui/src/model/alert.ts';
import { alertRows, type Row } from '../../../../collector/ui/src/model/alert-rows.ts';
import { holdRows, isSameOrder } from '../../../../collector/ui/src/model/held-rows.ts';
import { alertOf } from './alerts-fixture.ts';

const slow = (id: string, zone: string, firedAt = '2026-01-02T03:01:00.000Z') =>
  alertOf({ id, firedAt, labels: { alertname: 'Slow', severity: 'warning', job: 'shop', zone } });

const said = (rows: readonly Row[]): readonly string[] =>
  rows.map((row) =>
    row.kind === 'group'
      ? `${row.title} x${row.alerts.length} ${JSON.stringify(row.shared)}`
      : `${row.alert.id} ${JSON.stringify(row.differing)}`,
  );

describe('alertRows()', () => {
  test('heads say what is shared, rows what differs; an alert alone says all', () => {
    const alone = alertOf({
      id: 'c',
      alertname: 'Errors',
      severity: 'CRITICAL',
      labels: { alertname: 'Errors', severity: 'critical', job: 'shop' },
    });
    expect(said(alertRows([slow('a', 'eu'), alone, slow('b', 'us')], 'alertname'))).toEqual([
      'c {"job":"shop"}',
      'Slow x2 {"job":"shop"}',
      'a {"zone":"eu"}',
      'b {"zone":"us"}',
    ]);
  });

  test('firing before pending, severe before mild, open before acknowledged, new before old', () => {
    const ack = { by: 'ann', comment: '', at: '', until: null };
    const list = [
      alertOf({ id: 'pending', state: 'pending', severity: 'CRITICAL' }),
      alertOf({ id: 'old', firedAt: '2026-01-01T00:00:00Z' }),
      alertOf({ id: 'acked', ack }),
      alertOf({ id: 'new' }),
      alertOf({ id: 'severe', severity: 'CRITICAL', firedAt: '2025-01-01T00:00:00Z' }),
    ];
    const ids = alertRows(list, '').map(({ key }) => key);
    expect(ids).toEqual(['severe', 'new', 'old', 'acked', 'pending']);
  });

  test('shows each alert once, whatever it is grouped by', () => {
    const zones = fc.array(fc.constantFrom('eu', 'us', 'ap'), { maxLength: 30 });
    fc.assert(
      fc.property(zones, fc.constantFrom('', 'alertname', 'zone', 'absent'), (list, groupBy) => {
        const alerts = list.map((zone, index) => slow(`id${index}`, zone));
        const shown = alertRows(alerts, groupBy).flatMap((row) =>
          row.kind === 'alert' ? [row.alert.id] : [],
        );
        return (
          shown.toSorted().join() ===
          alerts
            .map(({ id }) => id)
            .toSorted()
            .join()
        );
      }),
    );
  });
});

describe('holdRows()', () => {
  test('keeps rows where they are, with what is new about them', () => {
    const shown = alertRows([slow('a', 'eu'), slow('b', 'us')], '');
    const wanted = alertRows([{ ...slow('b', 'us'), value: '9' }, slow('c', 'ap')], '');
    const held = holdRows(shown, wanted);
    expect({ ...held, rows: undefined }).toEqual({ rows: undefined, arrived: 1, gone: 1 });
    expect(
      held.rows.map(
        (row) => row.kind === 'alert' && [row.alert.id, row.alert.state, row.alert.value],
      ),
    ).toEqual([
      ['a', 'resolved', '0.3'],
      ['b', 'firing', '9'],
    ]);
    expect(isSameOrder(held.rows, shown)).toBe(true);
    expect(isSameOrder(held.rows, wanted)).toBe(false);
  });
});

test('withChanged() changes alerts in their place, adds new ones and drops those that are gone', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => alertOf({ id }));
  const changed = alertOf({ id: 'b', state: 'resolved' });
  const fresh = alertOf({ id: 'd' });
  const known = [a, b, c].filter((each) => each !== undefined);
  const ids = new Set(['b', 'c', 'd', 'e']);
  expect(withChanged(known, { ids, found: [fresh, changed] })).toEqual([a, changed, fresh]);
});
