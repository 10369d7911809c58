import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { apiKey, isKeyWanted, takeKey } from '../browser/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Problem } from '../parts/problem.tsx';

/** Asks for an API key. It stays in the memory of this page and is gone after a reload. */
export function KeyDialog(): JSX.Element {
  const [key, setKey] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (key.trim() !== '') takeKey(key.trim());
  };
  return (
    <Dialog
      title="API key"
      onClose={() => {
        isKeyWanted.value = false;
      }}
    >
      <form onSubmit={submit}>
        <p>
          The alert service asks for a key. A key with the scope <code>read</code> is enough to
          look; acts need <code>write</code>. It is kept in the memory of this page only.
        </p>
        <label class="field">
          <span>Key</span>
          <input
            type="password"
            autocomplete="off"
            value={key}
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
        </label>
        <Problem text={apiKey.value === '' ? undefined : 'The service does not know this key'} />
        <footer class="dialog-foot">
          <button type="submit" class="main">
            Use the key
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
