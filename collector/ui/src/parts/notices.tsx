import type { JSX } from 'preact';

import { closeNotice, notices } from '../browser/notices.ts';

/** What became of acts, read out by screen readers. */
export function Notices(): JSX.Element {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map(({ id, tone, text }) => (
        <p key={id} class={`notice notice-${tone}`}>
          {text}
          <button type="button" class="quiet" aria-label="Close" onClick={() => closeNotice(id)}>
            ✕
          </button>
        </p>
      ))}
    </div>
  );
}
