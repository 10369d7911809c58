import { expect, test } from 'vitest';

import { ServiceFaults } from '../../../../collector/src/runtime/service/parts/service-faults.ts';
import { FakeClock } from '../../../support/collector/fake-clock.ts';

const FAULT = 'the disk is full';

/** Faults, with what was told of them: when, in seconds, and whether one began or ended. */
function faults(): {
  readonly clock: FakeClock;
  readonly faults: ServiceFaults;
  readonly told: [seconds: number, what: 'raise' | 'clear'][];
} {
  const clock = new FakeClock(1_700_000_000_000);
  const told: [number, 'raise' | 'clear'][] = [];
  const startMs = clock.nowMs();
  const tell = (what: 'raise' | 'clear') => (): void => {
    told.push([(clock.nowMs() - startMs) / 1000, what]);
  };
  const log = { error: () => undefined, info: () => undefined } as never;
  const runner = { raise: tell('raise'), clear: tell('clear') };
  return { clock, faults: new ServiceFaults({ runner, clock, log }), told };
}

test('a fault ends with the first success, and is told once', async () => {
  const { clock, faults: own, told } = faults();
  own.report({ fault: FAULT, error: new Error('ENOSPC') });
  own.report({ fault: FAULT, error: new Error('ENOSPC') });
  expect(own.list()).toEqual([FAULT]);
  await clock.advance(1000);
  own.report({ fault: FAULT, error: undefined });
  expect(own.list()).toEqual([]);
  expect(told).toEqual([
    [0, 'raise'],
    [1, 'clear'],
  ]);
});

test('one that is back soon is told as over after a quiet while, but the service is ready before', async () => {
  const { clock, faults: own, told } = faults();
  for (let round = 0; round < 2; round += 1) {
    own.report({ fault: FAULT, error: new Error('ENOSPC') });
    await clock.advance(1000);
    own.report({ fault: FAULT, error: undefined });
  }
  // For a moment it may only be that one write was small enough.
  await clock.advance(2000);
  expect(own.list()).toEqual([FAULT]);
  await clock.advance(1000);
  expect(own.list()).toEqual([]);
  own.report({ fault: FAULT, error: new Error('ENOSPC') });
  expect(own.list()).toEqual([FAULT]);
  own.report({ fault: FAULT, error: undefined });
  await clock.advance(60_000);
  expect(own.list()).toEqual([]);
  expect(told).toEqual([
    [0, 'raise'],
    [1, 'clear'],
    [1, 'raise'],
    [35, 'clear'],
  ]);
});
