import { expect, test } from 'vitest';

import { hashLabels } from '../../../collector/src/model/label-hash.ts';
import { Labels } from '../../../collector/src/model/labels.ts';

// Printed by Prometheus 3.14's `labels.Labels.Hash()`, divided by 2^64 - 1.
test.for([
  [{}, 0.9346749315317059],
  [{ a: 'b' }, 0.882198581303642],
  [
    { __name__: 'http_requests_total', instance: 'host-1:9100', job: 'api', route: '/r/1' },
    0.6370374785137625,
  ],
  [{ é: 'ü', long: 'x'.repeat(300) }, 0.001487692619075679],
] as const)('hashLabels() of %o is the one of Prometheus', ([labels, offset]) => {
  expect(Number(hashLabels(Labels.of(labels))) / 2 ** 64).toBe(offset);
});
