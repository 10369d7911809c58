import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';

import { place, setParameters } from '../../browser/place.ts';
import { isNarrow } from '../../browser/theme.ts';
import { alertRows, type Row } from '../../model/alert-rows.ts';
import { isSameOrder } from '../../model/held-rows.ts';
import { filterTest, parseFilter } from '../../model/matchers.ts';
import { counted } from '../../model/number-text.ts';
import { Labels } from '../../parts/labels.tsx';
import { Empty, Problem } from '../../parts/problem.tsx';
import { SeverityMark } from '../../parts/severity.tsx';
import { VirtualList } from '../../parts/virtual-list.tsx';
import { alerts, alertsProblem } from '../../store/alerts.ts';
import { AlertRow } from './alert-row.tsx';
import { FilterBar, shownStates } from './filter-bar.tsx';
import { useAlertKeys } from './use-alert-keys.ts';
import { useHeldRows } from './use-held-rows.ts';

const GROUP_PX = 44;
const ROW_PX = 66;
const NARROW_ROW_PX = 170;

/** What fires and what is about to, worst and newest first. */
export function AlertsView(): JSX.Element {
  const { q = '', group = 'alertname', show = '', severity = '' } = place.value.parameters;
  const all = alerts.value;
  const wanted = useMemo(() => {
    const test = filterTest(parseFilter(q));
    const states = shownStates(show);
    const found = (all ?? []).filter(
      (alert) =>
        states.includes(alert.state) &&
        (severity === '' || alert.severity === severity) &&
        test(alert),
    );
    return alertRows(found, group === 'none' ? '' : group);
  }, [all, q, group, show, severity]);
  const held = useHeldRows(wanted, `${q}\n${group}\n${show}\n${severity}`);
  const [selected, select] = useState('');
  useAlertKeys(held.rows, selected, select);
  const pick = (name: string, value: string): void => {
    const matcher = `${name}=${JSON.stringify(value)}`;
    setParameters({ q: q.includes(matcher) ? q : [q, matcher].filter(Boolean).join(', ') });
  };
  return (
    <div class="alerts" onPointerMove={held.touch} onPointerDown={held.touch}>
      <h1 class="hidden">Alerts</h1>
      <FilterBar all={all ?? []} />
      <Problem text={alertsProblem.value} />
      {!isSameOrder(held.rows, wanted) && held.arrived + held.gone > 0 && (
        <button type="button" class="held" onClick={held.release}>
          {heldText(held.arrived, held.gone)}
        </button>
      )}
      {wanted.length === 0 && all !== undefined && <Empty text={emptyText(all.length)} />}
      {all === undefined && alertsProblem.value === undefined && <Empty text="Reading alerts …" />}
      <VirtualList
        label="Alerts"
        items={held.rows}
        selected={selected}
        keyOf={({ key }) => key}
        heightOf={heightOf}
        render={(row) =>
          row.kind === 'group' ? (
            <GroupHead row={row} onPick={pick} />
          ) : (
            <AlertRow
              {...row}
              isSelected={row.alert.id === selected}
              onSelect={select}
              onPick={pick}
            />
          )
        }
      />
    </div>
  );
}

function heightOf({ kind }: Row): number {
  if (kind === 'group') return GROUP_PX;
  return isNarrow.value ? NARROW_ROW_PX : ROW_PX;
}

function heldText(arrived: number, gone: number): string {
  const parts = [...(arrived > 0 ? [`${arrived} new`] : []), ...(gone > 0 ? [`${gone} gone`] : [])];
  return `${parts.join(', ')} – show now`;
}

const emptyText = (count: number): string =>
  count === 0 ? 'Nothing fires. Nothing is pending.' : 'No alert matches this filter.';

function GroupHead({
  row: { title, alerts: members, shared },
  onPick,
}: {
  readonly row: Row & { kind: 'group' };
  readonly onPick: (name: string, value: string) => void;
}): JSX.Element {
  const [first] = members;
  return (
    <h2 class="group-head">
      {first !== undefined && <SeverityMark severity={first.severity} />}
      <span class="group-title">{title}</span>
      <span class="group-count">{counted(members.length, 'alert')}</span>
      <Labels labels={shared} onPick={onPick} />
    </h2>
  );
}
