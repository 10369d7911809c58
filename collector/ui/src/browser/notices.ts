import { type Signal, signal } from '@preact/signals';

export interface Notice {
  readonly id: number;
  readonly tone: 'done' | 'problem';
  readonly text: string;
}

const NOTICES_MAX = 4;
const DONE_MS = 6000;

/** What became of what the reader did, newest last; problems stay until they are closed. */
export const notices: Signal<readonly Notice[]> = signal([]);
let last = 0;

export function notify(tone: Notice['tone'], text: string): void {
  last += 1;
  const id = last;
  notices.value = [...notices.value, { id, tone, text }].slice(-NOTICES_MAX);
  if (tone === 'done') setTimeout(() => closeNotice(id), DONE_MS);
}

export function closeNotice(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
