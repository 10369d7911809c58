import { type Signal, signal } from '@preact/signals';

/** Now, once a second, for ages. Stands still while the page is hidden. */
export const nowMs: Signal<number> = signal(Date.now());

setInterval(() => {
  if (document.visibilityState === 'visible') nowMs.value = Date.now();
}, 1000);
