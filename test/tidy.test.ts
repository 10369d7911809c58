import { expect, test } from 'vitest';

test('placeholder', () => {
  expect(process.version).toBe('v24.21.0');
});
