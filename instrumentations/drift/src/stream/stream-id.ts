import { textKey } from '@telltale/core';

import type { StreamKey } from '../types.ts';

/** Key that all streams beyond the limit share. */
export const OVERFLOW: StreamKey = {
  model: '_OTHER',
  version: '',
  name: '_OTHER',
  direction: 'input',
};

export const isOverflow = ({ model, name }: StreamKey): boolean =>
  model === OVERFLOW.model && name === OVERFLOW.name;

/** One text for one key. */
export const streamId = (key: StreamKey): string => {
  const { model, version, name, direction, segment = '', season = '' } = key;
  const parts = [model, version, direction, name, segment];
  return textKey(season === '' ? parts : [...parts, season]);
};
