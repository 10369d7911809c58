import { expect, test } from 'vitest';

import { digestKey } from '../../../collector/src/exchange/api-key.ts';
import { Authenticator } from '../../../collector/src/http/server/auth.ts';

test('Authenticator.check() makes an address wait after twenty wrong keys, and right ones not', () => {
  const auth = new Authenticator([{ name: 'k', digest: digestKey('right'), scopes: ['read'] }]);
  const check = (key: string, address: string, nowMs: number): string =>
    auth.check('read', { 'x-api-key': key }, { address, nowMs }).kind;
  for (let tries = 0; tries < 20; tries += 1) expect(check('wrong', 'a', tries)).toBe('refused');
  expect(check('wrong', 'a', 20)).toBe('throttled');
  expect(check('wrong', 'b', 20)).toBe('refused');
  expect(check('right', 'a', 20)).toBe('allowed');
  expect(check('wrong', 'a', 60_000)).toBe('refused');
});

test('Authenticator.check() lets an admin key do everything', () => {
  const auth = new Authenticator([{ name: 'k', digest: digestKey('right'), scopes: ['admin'] }]);
  const from = { address: '', nowMs: 0 };
  expect(auth.check('write', { 'x-api-key': 'right' }, from)).toEqual({
    kind: 'allowed',
    actor: 'k',
  });
});
