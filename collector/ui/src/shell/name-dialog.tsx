import type { JSX } from 'preact';

import { namePerson, person } from '../browser/session.ts';
import { Dialog } from '../parts/dialog.tsx';

/** Under which name acts are kept. */
export function NameDialog({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Dialog title="Your name" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
        }}
      >
        <label class="field">
          <span>Stands beside what you acknowledge, resolve and silence</span>
          <input
            value={person.value}
            autocomplete="name"
            onInput={({ currentTarget }) => namePerson(currentTarget.value)}
          />
        </label>
        <footer class="dialog-foot">
          <button type="submit" class="main">
            Done
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
