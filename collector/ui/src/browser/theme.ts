import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';

import { readStored, store } from './session.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const NAME = 'telltale.theme';

export const theme: Signal<Theme> = signal(
  THEMES.find((each) => each === readStored(NAME)) ?? 'system',
);

const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(darkSystem.matches);
darkSystem.addEventListener('change', ({ matches }) => {
  systemIsDark.value = matches;
});

/** What the styles go by: the choice, or what the system prefers. */
const isDark: ReadonlySignal<boolean> = computed(() =>
  theme.value === 'system' ? systemIsDark.value : theme.value === 'dark',
);

effect(() => {
  document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light';
});

export function chooseTheme(wanted: Theme): void {
  theme.value = wanted;
  store(NAME, wanted);
}

const narrow = matchMedia('(max-width: 760px)');
/** Rows are taller on narrow screens; their heights must be known before they are laid out. */
export const isNarrow: Signal<boolean> = signal(narrow.matches);
narrow.addEventListener('change', ({ matches }) => {
  isNarrow.value = matches;
});
