import { useEffect, useRef } from 'preact/hooks';

import { goTo } from '../../browser/place.ts';
import type { Alert } from '../../model/alert.ts';
import type { Row } from '../../model/alert-rows.ts';
import { draftSilence, perform, toggleAck } from '../../store/acts.ts';

/** Whether a key press belongs to a field or a dialog. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  if (document.querySelector('dialog[open]') !== null) return true;
  return target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/u.test(target.tagName);
}

/** `j`, `k` or arrows choose an alert; `a`, `s`, `r`, Enter do something with it. */
export function useAlertKeys(
  rows: readonly Row[],
  selected: string,
  select: (id: string) => void,
): void {
  const state = useRef({ rows, selected });
  state.current = { rows, selected };
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      const list = state.current.rows.flatMap((row) => (row.kind === 'alert' ? [row.alert] : []));
      const index = list.findIndex(({ id }) => id === state.current.selected);
      const next = neighbour(event.key, list, index);
      if (next !== undefined) choose(next, select);
      if (next !== undefined || act(event, list[index])) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

const STEPS: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

function neighbour(key: string, list: readonly Alert[], index: number): Alert | undefined {
  const step = STEPS[key];
  return step === undefined
    ? undefined
    : list[Math.min(list.length - 1, Math.max(0, index + step))];
}

function choose({ id }: Alert, select: (id: string) => void): void {
  select(id);
  // After the row is laid out.
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(`[data-alert="${id}"] .alert-name`);
    row?.focus({ preventScroll: true });
  });
}

function act({ key, target }: KeyboardEvent, alert: Alert | undefined): boolean {
  if (alert === undefined) return false;
  if (key === 'a' && alert.state === 'firing') toggleAck(alert);
  else if (key === 's') draftSilence(alert.labels);
  else if (key === 'r' && alert.state === 'firing') void perform('resolve', alert);
  else if (key === 'Enter' && target === document.body) goTo({ view: 'alert', id: alert.id });
  else return false;
  return true;
}
