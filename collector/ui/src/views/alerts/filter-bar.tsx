import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { place, setParameters } from '../../browser/place.ts';
import type { Alert, Severity } from '../../model/alert.ts';
import { parseFilter } from '../../model/matchers.ts';
import { isTyping } from './use-alert-keys.ts';

const SHOWS: readonly (readonly [value: string, text: string])[] = [
  ['', 'firing and pending'],
  ['firing', 'firing'],
  ['pending', 'pending'],
  ['all', 'with resolved'],
];

/** The states that a choice of the filter bar lets through. */
export function shownStates(show: string): readonly Alert['state'][] {
  if (show === 'firing' || show === 'pending') return [show];
  return show === 'all' ? ['firing', 'pending', 'resolved'] : ['firing', 'pending'];
}

const SEVERITIES: readonly Severity[] = ['CRITICAL', 'ERROR', 'WARNING', 'INFO'];

/** How many there are of each severity, a filter line, and how to group. All of it is in the address. */
export function FilterBar({ all }: { readonly all: readonly Alert[] }): JSX.Element {
  const { q = '', group = 'alertname', show = '' } = place.value.parameters;
  const filter = parseFilter(q);
  const names = [...new Set(all.slice(0, 500).flatMap(({ labels }) => Object.keys(labels)))].sort();
  return (
    <search class="filters">
      <SeverityCounts all={all} />
      <FilterLine text={q} problem={filter.problem} />
      <label class="field">
        <span>Group by</span>
        <select
          value={group}
          onChange={({ currentTarget }) =>
            setParameters({ group: currentTarget.value === 'alertname' ? '' : currentTarget.value })
          }
        >
          <option value="none">nothing</option>
          {[...new Set(['alertname', 'severity', group, ...names])]
            .filter((name) => name !== 'none')
            .map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
        </select>
      </label>
      <label class="field">
        <span>Show</span>
        <select
          value={show}
          onChange={({ currentTarget }) => setParameters({ show: currentTarget.value })}
        >
          {SHOWS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </search>
  );
}

function SeverityCounts({ all }: { readonly all: readonly Alert[] }): JSX.Element {
  const { severity = '' } = place.value.parameters;
  const firing = all.filter(({ state }) => state === 'firing');
  return (
    <div class="counts" role="group" aria-label="Firing by severity">
      {SEVERITIES.map((each) => {
        const count = firing.filter((alert) => alert.severity === each).length;
        return (
          <button
            key={each}
            type="button"
            class={`count severity-${each.toLowerCase()} ${count === 0 ? 'none' : ''}`}
            aria-pressed={severity === each}
            onClick={() => setParameters({ severity: severity === each ? '' : each })}
          >
            <strong>{count.toLocaleString('en-US')}</strong> {each.toLowerCase()}
          </button>
        );
      })}
    </div>
  );
}

function FilterLine({
  text,
  problem,
}: {
  readonly text: string;
  readonly problem: string | undefined;
}): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event)) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
  return (
    <label class="field filter-line">
      <span>Filter</span>
      <input
        ref={input}
        type="search"
        value={text}
        spellcheck={false}
        autocomplete="off"
        placeholder={'severity="critical", instance=~"eu-.*", or words'}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : 'filter-problem'}
        onInput={({ currentTarget }) => setParameters({ q: currentTarget.value })}
        onKeyDown={({ key, currentTarget }) => {
          if (key === 'Escape') currentTarget.blur();
        }}
      />
      {problem !== undefined && (
        <span id="filter-problem" class="field-problem">
          {problem}
        </span>
      )}
    </label>
  );
}
