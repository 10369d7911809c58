import { computed, type ReadonlySignal, signal } from '@preact/signals';

import { type Place, readPlace, writePlace } from '../model/place.ts';

/** The address below which everything lies; found once, as the base moves with the address. */
const ROOT = new URL('.', document.baseURI);

followFragment();
const current = signal(readHere());
window.addEventListener('popstate', () => {
  followFragment();
  current.value = readHere();
});

/** Messages link to `/#/alerts/...`, which also works where a server knows the root only. */
function followFragment(): void {
  if (!location.hash.startsWith('#/')) return;
  history.replaceState(null, '', new URL(location.hash.slice('#/'.length), ROOT));
}

export const place: ReadonlySignal<Place> = computed(() => current.value);

function readHere(): Place {
  return readPlace(location.pathname.slice(ROOT.pathname.length), location.search);
}

export function addressOf(wanted: Partial<Place> & Pick<Place, 'view'>): string {
  return new URL(writePlace({ id: '', parameters: {}, ...wanted }), ROOT).href;
}

/** An address of the API. */
export function apiAddress(path: string): URL {
  return new URL(path, ROOT);
}

export function goTo(wanted: Partial<Place> & Pick<Place, 'view'>): void {
  history.pushState(null, '', addressOf(wanted));
  current.value = readHere();
  document.querySelector('main')?.scrollTo(0, 0);
}

/** Changes parameters of the address in place; an empty text removes one. */
export function setParameters(changes: Readonly<Record<string, string>>): void {
  const { view, id, parameters } = current.peek();
  const next = { view, id, parameters: { ...parameters, ...changes } };
  history.replaceState(null, '', addressOf(next));
  current.value = readHere();
}
