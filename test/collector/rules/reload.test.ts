import { expect, test } from 'vitest';

import { parseDuration } from '../../../collector/src/model/duration.ts';
import { reloadGroups, removalSamples } from '../../../collector/src/rules/carry-over/reload.ts';
import {
  type AlertRow,
  restoreAlerts,
  saveAlerts,
} from '../../../collector/src/rules/carry-over/restore.ts';
import { RuleGroup } from '../../../collector/src/rules/group.ts';
import { group, groupsOf, minutes, Timeline } from './timeline.ts';

const HIGH = ['alert: High', 'expr: load > 10', 'for: 2m'];
const SERIES = { 'load{host="a"}': '15x60' };

function reload(timeline: Timeline, rules: string, time: string): ReturnType<typeof reloadGroups> {
  const result = reloadGroups(timeline.groups, groupsOf(rules), parseDuration(time));
  timeline.groups = result.groups;
  return result;
}

test('reloadGroups() keeps a group that did not change', () => {
  const timeline = new Timeline({ rules: group(HIGH), series: SERIES });
  const [before] = timeline.groups;
  reload(timeline, group(HIGH), '1m');
  expect(timeline.groups[0]).toBe(before);
});

test('reloadGroups() carries the state of a rule over a change of its group', () => {
  const timeline = new Timeline({ rules: group(HIGH), series: SERIES });
  timeline.changesAt('0', '1m');
  const changed = group(['record: r', 'expr: load'], ['alert: High', 'expr: load > 12', 'for: 2m']);
  expect(reload(timeline, changed, '1m').changes).toEqual([]);
  expect(timeline.changesAt('2m')).toEqual(['2m High firing for_elapsed']);
});

test('a raised for takes a firing alert back to pending', () => {
  const timeline = new Timeline({ rules: group(HIGH), series: SERIES });
  timeline.changesAt(...minutes(3));
  reload(timeline, group(['alert: High', 'expr: load > 10', 'for: 10m']), '3m');
  expect(timeline.changesAt('4m')).toEqual(['4m High pending for_raised']);
});

test('rules with equal names and labels get their state in order', () => {
  const two = (first: number, second: number): string => {
    return group(['alert: A', `expr: load > ${first}`], ['alert: A', `expr: load > ${second}`]);
  };
  const timeline = new Timeline({ rules: two(10, 20), series: SERIES });
  timeline.evaluate('0');
  reload(timeline, two(11, 21), '1m');
  expect(timeline.groups[0]?.rules.map(({ alerts }) => alerts.size)).toEqual([1, 0]);
});

test('the alerts of a rule that is gone resolve, and its series end', () => {
  const timeline = new Timeline({
    rules: group(HIGH, ['record: r', 'expr: load']),
    series: SERIES,
  });
  timeline.changesAt(...minutes(3));
  const { changes } = reload(timeline, group(['record: other', 'expr: load']), '3m');
  expect(changes.map(({ rule, from, to, reason }) => [rule, from, to, reason])).toEqual([
    ['High', 'firing', 'inactive', 'rule_removed'],
  ]);
  expect(timeline.query('{__name__=~"ALERTS|r"}', '3m').length).toBe(2);
  timeline.evaluate('4m');
  expect(timeline.query('{__name__=~"ALERTS|r"}', '4m')).toEqual([]);
});

test('the series of a group that is gone end after two intervals', () => {
  const timeline = new Timeline({ rules: group(['record: r', 'expr: load']), series: SERIES });
  timeline.evaluate('1m');
  const { removals } = reload(timeline, 'groups: []', '1m');
  const [removal] = removals;
  if (removal === undefined) throw new Error('no removal');
  expect(removalSamples(removal, parseDuration('2m'))).toEqual([]);
  const samples = removalSamples(removal, parseDuration('3m'));
  expect(
    samples.map(({ labels, timeMs, isStale }) => [labels.metricName, timeMs, isStale]),
  ).toEqual([['r', 180_000, true]]);
});

/** Stops a timeline, and starts its rules again `downFor` later from the saved rows. */
function restart(timeline: Timeline, rules: string, nowMs: number): readonly string[] {
  const rows: readonly AlertRow[] = JSON.parse(JSON.stringify(timeline.groups.flatMap(saveAlerts)));
  timeline.groups = groupsOf(rules).map((definition) => new RuleGroup(definition));
  return restoreAlerts(timeline.groups, rows, { nowMs, isAside: () => false }).map(
    ({ rule, to, reason }) => {
      return `${rule} ${to ?? 'forgotten'} ${reason}`;
    },
  );
}

test('a pending alert waits on where it stopped: the outage does not count', () => {
  const timeline = new Timeline({
    rules: group(['alert: High', 'expr: load > 10', 'for: 5m']),
    series: SERIES,
  });
  timeline.changesAt(...minutes(3));
  // Three of five minutes are over when the service stops; it is down for ten.
  expect(
    restart(timeline, group(['alert: High', 'expr: load > 10', 'for: 5m']), parseDuration('13m')),
  ).toEqual([]);
  expect(timeline.changesAt(...minutes(16, 13))).toEqual(['15m High firing for_elapsed']);
});

test('a firing alert keeps firing over a restart, whatever its for', () => {
  const timeline = new Timeline({ rules: group(HIGH), series: SERIES });
  timeline.changesAt(...minutes(5));
  const [before] = timeline.groups[0]?.alerts() ?? [];
  restart(timeline, group(HIGH), parseDuration('8m'));
  expect(timeline.changesAt(...minutes(12, 8))).toEqual([]);
  const [after] = timeline.groups[0]?.alerts() ?? [];
  expect([after?.status, after?.activeAtMs, after?.firedAtMs]).toEqual([
    'firing',
    before?.activeAtMs,
    before?.firedAtMs,
  ]);
});

test('a keep_firing_for that runs goes on over a restart', () => {
  const rules = group(['alert: High', 'expr: load > 10', 'keep_firing_for: 10m']);
  const timeline = new Timeline({ rules, series: { load: '15 5x60' } });
  timeline.changesAt(...minutes(3));
  restart(timeline, rules, parseDuration('5m'));
  expect(timeline.changesAt(...minutes(15, 5))).toEqual(['11m High inactive keep_firing_elapsed']);
});

test('nothing active, nothing restored; a rule that is gone resolves its alerts', () => {
  const timeline = new Timeline({ rules: group(HIGH), series: { load: '5x60' } });
  timeline.changesAt(...minutes(3));
  expect(restart(timeline, group(HIGH), parseDuration('4m'))).toEqual([]);
  expect(timeline.active()).toEqual([]);

  const firing = new Timeline({ rules: group(HIGH), series: SERIES });
  firing.changesAt(...minutes(3));
  const other = group(['alert: Other', 'expr: load > 10']);
  expect(restart(firing, other, parseDuration('4m'))).toEqual(['High inactive rule_removed']);
});

test('a restored alert whose data is lost is held until its window is covered again', () => {
  const rules = group(['alert: High', 'expr: sum_over_time(load[5m]) > 10']);
  const timeline = new Timeline({ rules, series: { load: '15x5 _x100' } });
  timeline.changesAt(...minutes(5));
  // The log is lost: nothing is known of the time before the restart at 20m.
  restart(timeline, rules, parseDuration('20m'));
  const held = (time: string, dataSince?: string): readonly string[] => {
    timeline.evaluate(time, {
      dataSinceMs: dataSince === undefined ? undefined : parseDuration(dataSince),
      holdMaxMs: parseDuration('15m'),
      lookbackMs: parseDuration('5m'),
    });
    return timeline.active();
  };
  const firing = ['{alertname="High"} firing'];
  expect(held('21m')).toEqual(firing);
  expect(held('22m', '22m')).toEqual(firing);
  expect(held('26m', '22m')).toEqual(firing);
  expect(held('27m', '22m')).toEqual([]);
});

test('a restored alert is held for no longer than the maximum', () => {
  const rules = group(['alert: High', 'expr: load > 10']);
  const timeline = new Timeline({ rules, series: { load: '15x5 _x100' } });
  timeline.changesAt(...minutes(5));
  restart(timeline, rules, parseDuration('20m'));
  const hold = { dataSinceMs: undefined, holdMaxMs: 900_000, lookbackMs: 300_000 };
  timeline.evaluate('34m', hold);
  expect(timeline.active().length).toBe(1);
  timeline.evaluate('35m', hold);
  expect(timeline.active()).toEqual([]);
});

test('a restored alert resolves at once when the history is complete', () => {
  const rules = group(['alert: High', 'expr: load > 10']);
  const timeline = new Timeline({ rules, series: { load: '15x5 5x100' } });
  timeline.changesAt(...minutes(5));
  restart(timeline, rules, parseDuration('7m'));
  const dataSinceMs = Number.NEGATIVE_INFINITY;
  timeline.evaluate('8m', { dataSinceMs, holdMaxMs: 900_000, lookbackMs: 300_000 });
  expect(timeline.active()).toEqual([]);
});

test('a sink that fails makes rules fail, and stale series are tried again', () => {
  const timeline = new Timeline({ rules: group(['record: r', 'expr: load']), series: SERIES });
  timeline.evaluate('1m');
  reload(timeline, group(['record: other', 'expr: load']), '1m');
  const [ruleGroup] = timeline.groups;
  const append = (): void => {
    throw new Error('disk full');
  };
  const evaluation = ruleGroup?.evaluate(120_000, { ...timeline.environment, append });
  expect(evaluation?.errors).toEqual([
    { rule: 'other', error: 'disk full' },
    { rule: '', error: 'disk full' },
  ]);
  expect(timeline.query('r', '2m').length).toBe(1);
  expect(timeline.evaluate('3m')[0]?.errors).toEqual([]);
  expect(timeline.query('r', '3m')).toEqual([]);
});
