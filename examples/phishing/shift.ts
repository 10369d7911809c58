import { FEATURES, type Row } from './training/dataset.ts';

export type Feature = (typeof FEATURES)[number];

/** What is different about the pages that arrive. */
export type Shift =
  | { readonly kind: 'none' }
  /** Only pages with this answer come, as when one customer sends everything. */
  | { readonly kind: 'filtered'; readonly feature: Feature; readonly value: number }
  /** Whatever the page is, this answer is always the same, as when its source is broken. */
  | { readonly kind: 'broken'; readonly feature: Feature; readonly value: number };

export const NO_SHIFT: Shift = { kind: 'none' };

/** Rows as they arrive while `shift` holds; asked again for each row. */
export function* shiftedRows(
  rows: Iterator<Row, never>,
  shift: () => Shift,
): Generator<Row, never> {
  while (true) {
    const row = rows.next().value;
    const now = shift();
    if (now.kind === 'none') {
      yield row;
      continue;
    }
    const column = FEATURES.indexOf(now.feature);
    if (now.kind === 'broken') {
      yield { ...row, features: row.features.with(column, now.value) };
    } else if (row.features[column] === now.value) {
      yield row;
    }
  }
}
