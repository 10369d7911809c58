import type { AttributeRow } from '../rows.ts';

export const ATTR_TELLTALE_SIGNAL: AttributeRow = {
  name: 'telltale.signal',
  type: 'string',
  description: 'Signal or part of Telltale concerned',
  stability: 'development',
};

export const ATTR_TELLTALE_REASON: AttributeRow = {
  name: 'telltale.reason',
  type: 'string',
  description: 'Why it happened',
  stability: 'development',
};

export const SELF_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_TELLTALE_SIGNAL,
  ATTR_TELLTALE_REASON,
];
