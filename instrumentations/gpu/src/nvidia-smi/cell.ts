/** A cell of a row: a text, nothing, or a reading that failed. */
export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed' };

const ABSENT = new Set([
  '',
  'n/a',
  '[n/a]',
  '[not supported]',
  '[insufficient permissions]',
  '[function not found]',
  '[requested functionality has been deprecated]',
]);
const FAILED = new Set(['[unknown error]', '[gpu requires reset]', 'err!', '[gpu is lost]']);

export function parseCell(raw: string): Cell {
  const text = raw.trim();
  const lower = text.toLowerCase();
  if (ABSENT.has(lower)) return { kind: 'absent' };
  if (FAILED.has(lower)) return { kind: 'failed' };
  return { kind: 'text', text };
}

/** A decimal number; anything else, a unit included, is none. */
export function numberOf(cell: Cell | undefined): number | undefined {
  return cell?.kind === 'text' && /^-?\d+(?:\.\d+)?$/u.test(cell.text)
    ? Number(cell.text)
    : undefined;
}

/** A mask such as `0x0000000000000004`. */
export function maskOf(cell: Cell | undefined): bigint | undefined {
  return cell?.kind === 'text' && /^0x[\da-f]{1,16}$/iu.test(cell.text)
    ? BigInt(cell.text)
    : undefined;
}

export const textOf = (cell: Cell | undefined): string | undefined =>
  cell?.kind === 'text' ? cell.text : undefined;
