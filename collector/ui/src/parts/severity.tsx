import type { JSX } from 'preact';

import { type Alert, quietReason, type Severity } from '../model/alert.ts';

/** Said by colour and by text, as colours alone are not seen by everybody. */
export function SeverityMark({ severity }: { readonly severity: Severity }): JSX.Element {
  return (
    <span class={`severity severity-${severity.toLowerCase()}`}>{severity.toLowerCase()}</span>
  );
}

/** What else there is to know about an alert's state. */
export function StateMarks({ alert }: { readonly alert: Alert }): JSX.Element {
  const quiet = quietReason(alert);
  return (
    <>
      {alert.state !== 'firing' && <span class={`mark mark-${alert.state}`}>{alert.state}</span>}
      {alert.latch !== null && <span class="mark">by hand</span>}
      {alert.ack !== null && (
        <span class="mark mark-ack" title={alert.ack.comment}>
          ✓ {alert.ack.by}
        </span>
      )}
      {quiet !== undefined && <span class="mark">{quiet}</span>}
      {alert.flapping && <span class="mark">flapping</span>}
      {alert.held && (
        <span class="mark" title="Restored after a restart; its data is not back yet">
          waits for data
        </span>
      )}
      {alert.ack === null && alert.escalation?.isDone === false && (
        <span class="mark">escalates: step {alert.escalation.step}</span>
      )}
    </>
  );
}
