import { expect, test } from 'vitest';

import { sha256 } from '@telltale/instrument';

test('sha256() is the digest of the UTF-8 text in hex', () => {
  // The vectors of FIPS 180-2, and a text outside ASCII.
  expect(['', 'abc', 'é'].map(sha256)).toEqual([
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
  ]);
});
