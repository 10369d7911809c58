import type { JSX } from 'preact';

import { ask } from '../../api/client.ts';
import { numberText } from '../../model/number-text.ts';
import type { Evaluated, RuleRow } from '../../model/rule-rows.ts';
import { clockText, durationText } from '../../model/time-text.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Labels } from '../../parts/labels.tsx';
import { Link } from '../../parts/link.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useReading } from '../../store/reading.ts';

/** One rule: its text, the series that its selectors match, its last evaluations. */
export function RuleDialog({
  row: { rule, group, place },
  onClose,
}: {
  readonly row: RuleRow & { kind: 'rule' };
  readonly onClose: () => void;
}): JSX.Element {
  const { value, problem } = useReading<{ rules: readonly Evaluated[] }>(
    (signal) =>
      ask('monitoring/rules/evaluations', {
        query: { group: group.name, rule: rule.name },
        signal,
      }),
    `${group.file} ${group.name} ${rule.name}`,
    { everyMs: 10_000 },
  );
  const own = value?.rules.find((each) => each.file === group.file && each.place === place);
  return (
    <Dialog title={rule.name} onClose={onClose}>
      <div class="stack">
        <p class="hint">
          {rule.type} rule of “{group.name}” in {group.file}
          {rule.duration !== undefined &&
            rule.duration > 0 &&
            `, waits ${durationText(rule.duration * 1000)}`}
        </p>
        <Problem text={rule.lastError ?? problem} />
        <pre>{rule.query}</pre>
        <Labels labels={rule.labels} />
        <Selectors selectors={own?.selectors ?? []} />
        <Evaluations evaluations={own?.evaluations ?? []} />
        <p onClick={onClose}>
          <Link to={{ view: 'graph', parameters: { 'g0.expr': rule.query } }}>
            Plot the expression
          </Link>
        </p>
      </div>
    </Dialog>
  );
}

function Selectors({ selectors }: Pick<Evaluated, 'selectors'>): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Selector</th>
          <th scope="col" class="number">
            Series
          </th>
        </tr>
      </thead>
      <tbody>
        {selectors.map(({ selector, series }) => (
          <tr key={selector}>
            <td>
              <code>{selector}</code>
            </td>
            <td class="number">
              {series === 0 ? <strong class="bad">none</strong> : numberText(series)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Evaluations({ evaluations }: Pick<Evaluated, 'evaluations'>): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Evaluated</th>
          <th scope="col" class="number">
            Took
          </th>
          <th scope="col" class="number">
            Series
          </th>
          <th scope="col">Error</th>
        </tr>
      </thead>
      <tbody>
        {evaluations.map(({ at, durationMs, samples, error }) => (
          <tr key={at}>
            <td>{clockText(Date.parse(at))}</td>
            <td class="number">{numberText(durationMs)} ms</td>
            <td class="number">{samples}</td>
            <td>{error ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
