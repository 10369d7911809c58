import { expect, it } from 'vitest';

import { copyInto, numberList } from '@telltale/statistics';

it('is as many zeros as were asked for', () => {
  expect(numberList(3)).toEqual([0, 0, 0]);
  expect(numberList(0)).toEqual([]);
});

it('takes numbers from one place on, and of anything else what it is as a number', () => {
  const list = numberList(4);
  copyInto(list, [1.5, null as unknown as number], 2);
  copyInto(list, ['7' as unknown as number], 0);
  expect(list).toEqual([7, 0, 1.5, 0]);
});

it('does not grow', () => {
  const list = numberList(4);
  expect(() => copyInto(list, [1, 2, 3], 2)).toThrow(
    new RangeError('Cannot keep 3 numbers in 2 places'),
  );
  expect(list).toEqual([0, 0, 0, 0]);
});
