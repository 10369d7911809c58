import { describe, expect, test } from 'vitest';

import { type DriftState, StateMachine } from '@telltale/instrumentation-drift';

import { sharedFixture } from '../../../support/shared-files.ts';

interface Golden {
  readonly states: {
    readonly window: number;
    readonly driftThreshold: number;
    readonly alertThreshold: number;
    readonly floor95: number;
    readonly timeline: readonly {
      readonly evaluations: number;
      readonly recordsEach: number;
      readonly evidenceAtLeastA: boolean;
      readonly d: number;
      readonly stateAfter: DriftState;
      readonly rearmed: boolean;
    }[];
  };
}

const golden = sharedFixture('drift-golden.json') as Golden | undefined;
const LIMITS = { driftThreshold: 0.05, alertThreshold: 0.1, window: 1000 };

describe('StateMachine', () => {
  test.skipIf(golden === undefined)('follows the golden timeline', () => {
    const { states } = golden ?? { states: { timeline: [] as never[], floor95: 0 } };
    const stable = { state: 'stable', quietRecords: 0, cooldownRecords: 0 } as const;
    const machine = new StateMachine(LIMITS, stable);
    const found = states.timeline.map((row) => {
      let isRearmed = false;
      for (let index = 0; index < row.evaluations; index += 1) {
        const step = machine.evaluate({
          records: row.recordsEach,
          isEvident: row.evidenceAtLeastA,
          effect: row.d,
          floor: states.floor95,
        });
        isRearmed ||= step.isRearmed;
      }
      return { ...row, stateAfter: machine.state, rearmed: isRearmed };
    });
    expect(found).toEqual(states.timeline);
    expect(found.length).toBeGreaterThan(10);
  });

  const evaluate = (from: DriftState, isEvident: boolean, effect: number): DriftState => {
    const machine = new StateMachine(LIMITS, { state: from, quietRecords: 0, cooldownRecords: 0 });
    machine.evaluate({ records: 20, isEvident, effect, floor: 0.02 });
    return machine.state;
  };

  test.for<readonly [from: DriftState, isEvident: boolean, effect: number, to: DriftState]>([
    ['learning', false, 0, 'stable'],
    ['stable', false, 0.06, 'stable'],
    ['stable', false, 0.08, 'warning'],
    ['stable', true, 0.01, 'warning'],
    ['stable', true, 0.05, 'drift'],
    ['stable', true, 0.1, 'alert'],
    ['warning', false, 0, 'warning'],
    ['warning', true, 0.2, 'alert'],
    ['drift', true, 0.1, 'alert'],
    ['drift', false, 0, 'drift'],
    ['alert', false, 0.2, 'alert'],
    ['alert', false, 0, 'alert'],
  ])('%s, evident %s, effect %d: %s', ([from, isEvident, effect, to]) => {
    expect(evaluate(from, isEvident, effect)).toBe(to);
  });

  test('a snapshot goes on where it was taken', () => {
    const machine = new StateMachine(LIMITS);
    for (let index = 0; index < 30; index += 1) {
      machine.evaluate({ records: 20, isEvident: index > 10, effect: index / 200, floor: 0.02 });
    }
    const copy = new StateMachine(LIMITS, structuredClone(machine.snapshot()));
    for (let index = 0; index < 100; index += 1) {
      const finding = { records: 20, isEvident: false, effect: 0.01, floor: 0.02 };
      expect(copy.evaluate(finding)).toEqual(machine.evaluate(finding));
    }
  });
});
