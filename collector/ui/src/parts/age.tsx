import type { JSX } from 'preact';

import { durationText, momentText } from '../model/time-text.ts';

import { nowMs } from '../browser/clock.ts';

/** How long ago something was, with the moment itself for those who ask. */
export function Age({ sinceMs }: { readonly sinceMs: number }): JSX.Element {
  if (sinceMs === 0) return <span>–</span>;
  return (
    <time dateTime={new Date(sinceMs).toISOString()} title={momentText(sinceMs, nowMs.peek())}>
      {durationText(nowMs.value - sinceMs)}
    </time>
  );
}
