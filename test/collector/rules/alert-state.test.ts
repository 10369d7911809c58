import { expect, test } from 'vitest';

import { Labels } from '../../../collector/src/model/labels.ts';
import {
  type Alert,
  type AlertElement,
  type AlertStep,
  RESOLVED_RETENTION_MS,
  shiftAlert,
  stepAlert,
} from '../../../collector/src/rules/alert/alert-state.ts';

const NOW = 1_000_000_000;
const LABELS = Labels.of({ alertname: 'A' });
const ELEMENT: AlertElement = { labels: LABELS, annotations: { summary: 'new' }, value: 2 };
const OLD = { labels: LABELS, annotations: { summary: 'old' }, value: 1 };
const ACTIVE_FOR = 60_000;

const STATES: Readonly<Record<string, Alert | undefined>> = {
  none: undefined,
  pending: { ...OLD, status: 'pending', activeAtMs: NOW - ACTIVE_FOR },
  firing: { ...OLD, status: 'firing', activeAtMs: NOW - ACTIVE_FOR, firedAtMs: NOW - 1_000 },
  'kept since now - 30s': {
    ...OLD,
    status: 'firing',
    activeAtMs: NOW - ACTIVE_FOR,
    firedAtMs: NOW - 40_000,
    keepFiringSinceMs: NOW - 30_000,
  },
  held: {
    ...OLD,
    status: 'firing',
    activeAtMs: NOW - ACTIVE_FOR,
    firedAtMs: NOW - 1_000,
    heldSinceMs: NOW - 500,
  },
  'resolved just now': {
    ...OLD,
    status: 'inactive',
    activeAtMs: NOW - ACTIVE_FOR,
    firedAtMs: NOW - 2_000,
    resolvedAtMs: NOW - 1_000,
  },
  'resolved long ago': {
    ...OLD,
    status: 'inactive',
    activeAtMs: NOW - 3 * RESOLVED_RETENTION_MS,
    firedAtMs: NOW - 2 * RESOLVED_RETENTION_MS,
    resolvedAtMs: NOW - RESOLVED_RETENTION_MS - 1,
  },
};

const FORS: Readonly<Record<string, number>> = {
  'for 0': 0,
  'for just elapsed': ACTIVE_FOR,
  'for not elapsed': ACTIVE_FOR + 1,
};

const KEEPS: Readonly<Record<string, number>> = {
  'no keep': 0,
  'keep just elapsed': 30_000,
  'keep not elapsed': 30_001,
};

/** What a step did, in one word for the table; the alert itself is checked as a whole below. */
function outcomeOf({ alert, transition }: AlertStep): string {
  const status = alert?.status ?? 'forgotten';
  return transition === undefined ? `stays ${status}` : `${status}: ${transition.reason}`;
}

function step(
  state: string,
  isPresent: boolean,
  [forName, keepName, isHolding]: readonly [string, string, boolean],
): AlertStep {
  const policy = {
    forMs: FORS[forName] ?? Number.NaN,
    keepFiringForMs: KEEPS[keepName] ?? Number.NaN,
    isHolding: (alert: Alert) => isHolding && alert.heldSinceMs !== undefined,
  };
  return stepAlert(STATES[state], isPresent ? ELEMENT : undefined, { nowMs: NOW, policy });
}

type Policy = readonly [forName: string, keepName: string, isHolding: boolean];

/**
 * The state machine, row by row; the first row that fits holds, and `*` fits everything.
 * State, element, `for`, `keep_firing_for`, held, then what happens.
 */
const TABLE: readonly (readonly [RegExp, boolean, string, string, boolean | '*', string])[] = [
  [/none|resolved/u, true, 'for 0', '*', '*', 'firing: for_elapsed'],
  [/none|resolved/u, true, '*', '*', '*', 'pending: condition_met'],
  [/pending/u, true, 'for not elapsed', '*', '*', 'stays pending'],
  [/pending/u, true, '*', '*', '*', 'firing: for_elapsed'],
  [/firing|kept|held/u, true, 'for not elapsed', '*', '*', 'pending: for_raised'],
  [/firing|kept|held/u, true, '*', '*', '*', 'stays firing'],
  [/none|resolved long ago/u, false, '*', '*', '*', 'stays forgotten'],
  [/resolved just now/u, false, '*', '*', '*', 'stays inactive'],
  [/pending/u, false, '*', '*', '*', 'forgotten: condition_cleared'],
  [/held/u, false, '*', '*', true, 'stays firing'],
  [/firing|kept|held/u, false, '*', 'no keep', '*', 'inactive: condition_cleared'],
  [/kept/u, false, '*', 'keep just elapsed', '*', 'inactive: keep_firing_elapsed'],
  [/firing|kept|held/u, false, 'for not elapsed', '*', '*', 'pending: for_raised'],
  [/firing|kept|held/u, false, '*', '*', '*', 'stays firing'],
];

function expected(state: string, isPresent: boolean, policy: Policy): string | undefined {
  const row = TABLE.find(([pattern, present, ...conditions]) => {
    const fits = conditions.slice(0, 3).every((condition, index) => {
      return condition === '*' || condition === policy[index];
    });
    return pattern.test(state) && present === isPresent && fits;
  });
  return row?.[5];
}

const PRODUCT = Object.keys(STATES).flatMap((state) =>
  [true, false].flatMap((isPresent) =>
    Object.keys(FORS).flatMap((forName) =>
      Object.keys(KEEPS).flatMap((keepName) =>
        [false, true].map(
          (isHolding) => [state, isPresent, [forName, keepName, isHolding]] as const,
        ),
      ),
    ),
  ),
);

test('stepAlert() follows the table over the whole product of states and policies', () => {
  expect(PRODUCT.length).toBe(7 * 2 * 3 * 3 * 2);
  const got = PRODUCT.map((row) => [...row, outcomeOf(step(...row))]);
  expect(got).toEqual(PRODUCT.map((row) => [...row, expected(...row)]));
});

test.for<[string, AlertStep, AlertStep]>([
  [
    'a new element is pending from now',
    step('none', true, ['for not elapsed', 'no keep', false]),
    {
      alert: { ...ELEMENT, status: 'pending', activeAtMs: NOW },
      transition: { from: undefined, to: 'pending', reason: 'condition_met' },
    },
  ],
  [
    'for: 0 fires at once',
    step('none', true, ['for 0', 'no keep', false]),
    {
      alert: { ...ELEMENT, status: 'firing', activeAtMs: NOW, firedAtMs: NOW },
      transition: { from: undefined, to: 'firing', reason: 'for_elapsed' },
    },
  ],
  [
    'a pending alert fires and takes the new value and annotations',
    step('pending', true, ['for just elapsed', 'no keep', false]),
    {
      alert: { ...ELEMENT, status: 'firing', activeAtMs: NOW - ACTIVE_FOR, firedAtMs: NOW },
      transition: { from: 'pending', to: 'firing', reason: 'for_elapsed' },
    },
  ],
  [
    'a raised for takes a firing alert back',
    step('firing', true, ['for not elapsed', 'no keep', false]),
    {
      alert: { ...ELEMENT, status: 'pending', activeAtMs: NOW - ACTIVE_FOR },
      transition: { from: 'firing', to: 'pending', reason: 'for_raised' },
    },
  ],
  [
    'a firing alert resolves and keeps its last value',
    step('firing', false, ['for 0', 'no keep', false]),
    {
      alert: {
        ...OLD,
        status: 'inactive',
        activeAtMs: NOW - ACTIVE_FOR,
        firedAtMs: NOW - 1_000,
        resolvedAtMs: NOW,
      },
      transition: { from: 'firing', to: 'inactive', reason: 'condition_cleared' },
    },
  ],
  [
    'keep_firing_for starts when the condition goes away',
    step('firing', false, ['for 0', 'keep not elapsed', false]),
    {
      alert: {
        ...OLD,
        status: 'firing',
        activeAtMs: NOW - ACTIVE_FOR,
        firedAtMs: NOW - 1_000,
        keepFiringSinceMs: NOW,
      },
    },
  ],
  [
    'a kept alert whose condition returns forgets when it went away',
    step('kept since now - 30s', true, ['for 0', 'keep not elapsed', false]),
    {
      alert: {
        ...ELEMENT,
        status: 'firing',
        activeAtMs: NOW - ACTIVE_FOR,
        firedAtMs: NOW - 40_000,
      },
    },
  ],
  [
    'a resolved alert whose condition returns is a new alert',
    step('resolved just now', true, ['for not elapsed', 'no keep', false]),
    {
      alert: { ...ELEMENT, status: 'pending', activeAtMs: NOW },
      transition: { from: undefined, to: 'pending', reason: 'condition_met' },
    },
  ],
  [
    'a held alert is released once its condition is seen',
    step('held', true, ['for 0', 'no keep', true]),
    {
      alert: { ...ELEMENT, status: 'firing', activeAtMs: NOW - ACTIVE_FOR, firedAtMs: NOW - 1_000 },
    },
  ],
])('stepAlert(): %s', ([, got, wanted]) => {
  expect(got).toEqual(wanted);
});

test.for([
  { name: 'set back behind its beginning', nowMs: NOW - 3_600_000 },
  { name: 'set back a little', nowMs: NOW - 30_000 },
  { name: 'set forward', nowMs: NOW + 3_600_000 },
])('stepAlert() demotes no firing alert when the clock is $name', ({ nowMs }) => {
  const firing: Alert = {
    ...OLD,
    status: 'firing',
    activeAtMs: NOW - ACTIVE_FOR,
    firedAtMs: NOW,
  };
  for (const keepFiringForMs of [0, 60_000]) {
    const policy = { forMs: ACTIVE_FOR, keepFiringForMs, isHolding: () => true };
    expect(stepAlert(firing, ELEMENT, { nowMs, policy }).transition).toBeUndefined();
    expect(stepAlert(firing, undefined, { nowMs, policy })).toEqual({ alert: firing });
  }
});

test('shiftAlert() carries what an alert waits for over a clock that was set', () => {
  const shifted = Object.values(STATES).map((alert) => alert && shiftAlert(alert, -5000, 7));
  expect(shifted.map((alert) => alert?.activeAtMs)).toEqual(
    Object.values(STATES).map((alert) => {
      return alert?.status === 'pending' ? alert.activeAtMs - 5000 : alert?.activeAtMs;
    }),
  );
  expect(shifted.map((alert) => alert?.keepFiringSinceMs)).toEqual(
    Object.values(STATES).map((alert) => {
      const { keepFiringSinceMs } = alert ?? {};
      return keepFiringSinceMs === undefined ? undefined : keepFiringSinceMs - 5000;
    }),
  );
  expect(shifted.map((alert) => alert?.heldSinceMs)).toEqual(
    Object.values(STATES).map((alert) => (alert?.status === 'firing' ? 7 : undefined)),
  );
});

test('stepAlert() begins no alert while beginnings are held', () => {
  const policy = { forMs: 0, keepFiringForMs: 0, isHolding: () => false, isStartHeld: true };
  const moment = { nowMs: NOW, policy };
  expect(stepAlert(undefined, ELEMENT, moment)).toEqual({ alert: undefined });
  const resolved = STATES['resolved just now'];
  expect(stepAlert(resolved, ELEMENT, moment)).toEqual({ alert: resolved });
  expect(stepAlert(STATES['firing'], ELEMENT, moment).alert?.status).toBe('firing');
});
