import fc from 'fast-check';
import { expect, test } from 'vitest';

import { nearestName } from '../../../../src/telltale/src/config/nearest-name.ts';

const NAMES = ['monitoring.port', 'monitoring.host', 'flush.timeout'];

test.for([
  { name: 'monitoring.prot', wanted: 'monitoring.port' },
  { name: 'flush.timeouts', wanted: 'flush.timeout' },
  { name: 'something.else.entirely', wanted: undefined },
  { name: 'x'.repeat(1_000), wanted: undefined },
])('nearestName() of $name', ({ name, wanted }) => {
  expect(nearestName(name, NAMES)).toBe(wanted);
});

test('nearestName() finds a name behind any one edit', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...NAMES),
      fc.nat({ max: 12 }),
      fc.string({ maxLength: 1 }),
      (name, at, text) => {
        const edited = name.slice(0, at) + text + name.slice(at + 1);
        const found = nearestName(edited, [name]);
        return found === name;
      },
    ),
  );
});
