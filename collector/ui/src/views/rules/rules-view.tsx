import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';

import { ask } from '../../api/client.ts';
import { place, setParameters } from '../../browser/place.ts';
import { isNarrow } from '../../browser/theme.ts';
import { counted } from '../../model/number-text.ts';
import { type Evaluated, type RuleGroup, type RuleRow, ruleRows } from '../../model/rule-rows.ts';
import { durationText } from '../../model/time-text.ts';
import { Age } from '../../parts/age.tsx';
import { Link } from '../../parts/link.tsx';
import { Empty, Problem } from '../../parts/problem.tsx';
import { VirtualList } from '../../parts/virtual-list.tsx';
import { useReading } from '../../store/reading.ts';
import { RuleDialog } from './rule-dialog.tsx';

const GROUP_PX = 46;
const RULE_PX = 40;
const NARROW_RULE_PX = 76;

type Opened = RuleRow & { kind: 'rule' };

/** Groups of rules: are they evaluated, how long does it take, do they find anything? */
export function RulesView(): JSX.Element {
  const { q = '', show = '' } = place.value.parameters;
  const rules = useReading(readRules, 'rules', { everyMs: 10_000 });
  const [opened, open] = useState<Opened | undefined>(undefined);
  const rows = useMemo(
    () => ruleRows(rules.value?.groups ?? [], rules.value?.evaluated ?? [], { text: q, show }),
    [rules.value, q, show],
  );
  const heightOf = ({ kind }: RuleRow): number => {
    if (kind === 'group') return GROUP_PX;
    return isNarrow.value ? NARROW_RULE_PX : RULE_PX;
  };
  return (
    <div>
      <h1 class="hidden">Rules</h1>
      <search class="filters">
        <label class="field filter-line">
          <span>Find rules</span>
          <input
            type="search"
            value={q}
            placeholder="name, expression or file"
            onInput={({ currentTarget }) => setParameters({ q: currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>Show</span>
          <select
            value={show}
            onChange={({ currentTarget }) => setParameters({ show: currentTarget.value })}
          >
            <option value="">all</option>
            <option value="err">broken</option>
            <option value="firing">firing or pending</option>
          </select>
        </label>
      </search>
      <Problem text={rules.problem} />
      {rules.value !== undefined && rows.length === 0 && <Empty text="No such rule." />}
      <VirtualList
        label="Rules"
        items={rows}
        keyOf={({ key }) => key}
        heightOf={heightOf}
        render={(row) =>
          row.kind === 'group' ? <Group row={row} /> : <Rule row={row} onOpen={open} />
        }
      />
      {opened !== undefined && <RuleDialog row={opened} onClose={() => open(undefined)} />}
    </div>
  );
}

async function readRules(signal: AbortSignal): Promise<{
  readonly groups: readonly RuleGroup[];
  readonly evaluated: readonly Evaluated[];
}> {
  const [answer, { rules }] = await Promise.all([
    ask<{ data: { groups: readonly RuleGroup[] } }>('api/v1/rules', {
      query: { exclude_alerts: 'true' },
      signal,
    }),
    ask<{ rules: readonly Evaluated[] }>('monitoring/rules/evaluations', {
      query: { limit: 1 },
      signal,
    }),
  ]);
  return { groups: answer.data.groups, evaluated: rules };
}

function Group({
  row: { group, broken },
}: {
  readonly row: RuleRow & { kind: 'group' };
}): JSX.Element {
  return (
    <h2 class="group-head">
      <span class="group-title">{group.name}</span>
      <span class="group-count">
        {counted(group.rules.length, 'rule')} · every {durationText(group.interval * 1000)} · last{' '}
        <Age sinceMs={lastMs(group.lastEvaluation)} /> ago, took {tookText(group.evaluationTime)}
      </span>
      {broken > 0 && <span class="mark mark-bad">{counted(broken, 'broken rule')}</span>}
      <span class="hint">{group.file}</span>
    </h2>
  );
}

/** Go's zero time stands for never. */
const lastMs = (text: string): number => Math.max(0, Date.parse(text) || 0);

const tookText = (seconds: number): string =>
  seconds < 1 ? `${Math.round(seconds * 10_000) / 10} ms` : durationText(seconds * 1000);

function Rule({
  row,
  onOpen,
}: {
  readonly row: Opened;
  readonly onOpen: (row: Opened) => void;
}): JSX.Element {
  const { rule, samples } = row;
  return (
    <div class={`rule rule-${rule.health}`}>
      <span class={`mark ${rule.health === 'err' ? 'mark-bad' : ''}`}>
        {rule.health === 'err' ? 'broken' : (rule.state ?? rule.type)}
      </span>
      <button type="button" class="rule-name" onClick={() => onOpen(row)}>
        {rule.name}
      </button>
      <code class="rule-query" title={rule.query}>
        {rule.lastError ?? rule.query}
      </code>
      <span class="number" title="Series that it wrote last">
        {samples === undefined ? '–' : `${samples} written`}
      </span>
      <span class="number">{tookText(rule.evaluationTime)}</span>
      {rule.type === 'alerting' && rule.state !== 'inactive' ? (
        <Link to={{ view: 'alerts', parameters: { q: `alertname=${JSON.stringify(rule.name)}` } }}>
          alerts
        </Link>
      ) : (
        <Link
          to={{ view: 'graph', parameters: { 'g0.expr': rule.query } }}
          label={`Plot ${rule.name}`}
        >
          plot
        </Link>
      )}
    </div>
  );
}
