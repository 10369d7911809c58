import type { JSX } from 'preact';

import { Dialog } from '../parts/dialog.tsx';

const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['j k ↓ ↑', 'next, previous alert'],
  ['Enter', 'open the alert'],
  ['a', 'acknowledge, or take it back'],
  ['s', 'silence: look at what it mutes first'],
  ['r', 'resolve by hand'],
  ['/', 'filter'],
  ['1 … 7', 'another view'],
  ['Esc', 'close a dialog'],
];

export function HelpDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
