import { type Signal, signal } from '@preact/signals';

/** The API key. In memory only: a reload of the page asks for it again. */
export const apiKey: Signal<string> = signal('');

/** Set when the service refused for want of a right key. */
export const isKeyWanted: Signal<boolean> = signal(false);

/** Grows when a key was given, so that everything is read again. */
export const keyCount: Signal<number> = signal(0);

export function takeKey(key: string): void {
  apiKey.value = key;
  isKeyWanted.value = false;
  keyCount.value += 1;
}

const PERSON = 'telltale.person';

/** Who acts, as they call themselves; remembered by this browser. */
export const person: Signal<string> = signal(readStored(PERSON));

export function namePerson(name: string): void {
  person.value = name;
  store(PERSON, person.value);
}

/** Storage may be forbidden; then a choice lasts as long as the page. */
export function readStored(name: string): string {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}

export function store(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Lasts as long as the page.
  }
}
