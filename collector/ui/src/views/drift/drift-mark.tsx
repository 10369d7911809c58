import type { JSX } from 'preact';

import type { DriftState } from '../../model/drift.ts';

/** The state of a stream, by colour and by text. */
export function DriftMark({ state }: { readonly state: DriftState }): JSX.Element {
  return <span class={`mark drift-${state}`}>{state}</span>;
}
