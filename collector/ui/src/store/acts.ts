import { type Signal, signal } from '@preact/signals';

import type { Alert } from '../model/alert.ts';
import type { Matcher } from '../model/matchers.ts';

import { ask, problemText } from '../api/client.ts';
import { notify } from '../browser/notices.ts';
import { person } from '../browser/session.ts';
import { alerts, replaceAlert } from './alerts.ts';

type Act = 'ack' | 'unack' | 'resolve' | 'escalate';

const DONE: Readonly<Record<Act, string>> = {
  ack: 'Acknowledged',
  unack: 'Took back the acknowledgement of',
  resolve: 'Resolved by hand:',
  escalate: 'Escalated',
};

/** Does something with an alert and says what came of it. */
export async function perform(act: Act, alert: Alert, comment = ''): Promise<void> {
  const path = `monitoring/alerts/${alert.id}/${act === 'unack' ? 'ack' : act}`;
  const said = { by: person.peek(), comment };
  try {
    const answer = await ask<Alert>(path, {
      method: act === 'unack' ? 'DELETE' : 'POST',
      body: said,
    });
    replaceAlert(answer);
    notify('done', `${DONE[act]} ${nameOf(alert)}`);
  } catch (error) {
    notify('problem', `${nameOf(alert)}: ${problemText(error)}`);
  }
}

/** Acknowledges, or takes that back. */
export function toggleAck(alert: Alert): void {
  const now = alerts.peek()?.find(({ id }) => id === alert.id) ?? alert;
  void perform(now.ack === null ? 'ack' : 'unack', now);
}

function nameOf({ alertname, labels }: Alert): string {
  const where = labels['instance'] ?? labels['ml_drift_stream'] ?? '';
  return where === '' ? alertname : `${alertname} (${where})`;
}

/** Matchers that the silence dialog begins with; `undefined` while it is closed. */
export const silenceDraft: Signal<readonly Matcher[] | undefined> = signal(undefined);

/** Begins a silence of exactly this alert. */
export function draftSilence(labels: Readonly<Record<string, string>>): void {
  silenceDraft.value = Object.entries(labels).map(([name, value]) => ({
    name,
    operator: '=' as const,
    value,
  }));
}
