import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';

import { type Alert, withChanged } from '../model/alert.ts';

import { ask } from '../api/client.ts';
import { onEvent } from '../api/events.ts';
import { isKeyWanted, keyCount } from '../browser/session.ts';
import { createReader } from './reading.ts';

/** All alerts that the service tells of; `undefined` until they were read. */
export const alerts: Signal<readonly Alert[] | undefined> = signal(undefined);
export const alertsProblem: Signal<string | undefined> = signal(undefined);

/** What needs attention: firing, not acknowledged, not silenced. */
export const urgentCount: ReadonlySignal<number> = computed(
  () =>
    (alerts.value ?? []).filter(
      ({ state, ack, silencedBy }) => state === 'firing' && ack === null && silencedBy.length === 0,
    ).length,
);

/** A screen full comes first, so that something is seen at once. */
const FIRST_PAGE = 100;
const PAGE = 1000;
const REFRESH_MS = 15_000;

interface AlertPage {
  readonly alerts: readonly Alert[];
  readonly next?: string;
}

async function readAll(signal_: AbortSignal): Promise<readonly Alert[]> {
  const found: Alert[] = [];
  let cursor = '';
  do {
    const limit = found.length === 0 && alerts.peek() === undefined ? FIRST_PAGE : PAGE;
    const page: AlertPage = await ask('monitoring/alerts', {
      query: { limit, cursor },
      signal: signal_,
    });
    found.push(...page.alerts);
    cursor = page.next ?? '';
    if (alerts.peek() === undefined) alerts.value = [...found];
  } while (cursor !== '');
  return uniqueById(found);
}

/** An alert that moved from page to page while they were read is there twice. */
function uniqueById(list: readonly Alert[]): readonly Alert[] {
  return [...new Map(list.map((alert) => [alert.id, alert])).values()];
}

const reader = createReader(readAll, ({ value, problem }) => {
  if (value !== undefined) alerts.value = value;
  alertsProblem.value = problem;
});

const changedIds: Set<string> = new Set();

/** Reads the alerts that changed, one request at a time. The others stay as they were read last. */
async function readChanged(ids: readonly string[]): Promise<void> {
  const isReading = changedIds.size > 0;
  for (const id of ids) changedIds.add(id);
  if (isReading) return;
  while (changedIds.size > 0) {
    const wanted = [...changedIds];
    try {
      const query = { id: wanted, limit: PAGE };
      const { alerts: found }: AlertPage = await ask('monitoring/alerts', { query });
      const known = alerts.peek();
      if (known === undefined) reader.reloadSoon();
      else alerts.value = withChanged(known, { ids: new Set(wanted), found });
    } catch {
      reader.reloadSoon(); // It says what is wrong.
    }
    for (const id of wanted) changedIds.delete(id);
  }
}

export function followAlerts(): void {
  reader.reload();
  onEvent('alerts', ({ ids }) => {
    if (ids === undefined) reader.reloadSoon();
    else void readChanged(ids);
  });
  onEvent('silences', reader.reloadSoon);
  keyCount.subscribe((count) => count > 0 && reader.reload());
  setInterval(() => {
    if (!isKeyWanted.peek() && document.visibilityState === 'visible') reader.reloadSoon();
  }, REFRESH_MS);
}

/** Puts in what an act answered with, ahead of the next reading. */
export function replaceAlert(alert: Alert): void {
  alerts.value = (alerts.peek() ?? []).map((each) => (each.id === alert.id ? alert : each));
  reader.reloadSoon();
}
