import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';
import {
  configOf,
  play,
  type Scenario,
  settle,
  storyOf,
} from '../support/stack/alertmanager/scenario.ts';
import { SCENARIOS } from '../support/stack/alertmanager/scenarios.ts';
import { AlertmanagerSide, type Side, TelltaleSide } from '../support/stack/alertmanager/sides.ts';

const program = referenceBinaryOrWarn('alertmanager', 'the same timeline through Alertmanager');

function pair(): readonly [Side, Side] {
  return [new AlertmanagerSide(program ?? ''), new TelltaleSide()];
}

async function both(sides: readonly Side[], act: (side: Side) => Promise<void>): Promise<void> {
  await Promise.all(sides.map(act));
}

function countOf(story: ReturnType<typeof storyOf>): number {
  return Object.values(story).reduce((sum, messages) => sum + messages.length, 0);
}

describe.skipIf(program === undefined)('the same file and the same alerts', () => {
  const [theirs, ours] = pair();

  beforeAll(async () => {
    const config = configOf(SCENARIOS);
    await both([theirs, ours], (side) => side.start(config));
    await both([theirs, ours], (side) => play(side, SCENARIOS));
    await settle([theirs, ours]);
  }, 150_000);
  afterAll(() => both([theirs, ours], (side) => side.stop()));

  test('are at least 30 scenarios, with differences that have a reason', () => {
    const differing = SCENARIOS.filter(({ differs }) => differs !== undefined);
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(30);
    expect(differing.map(({ name }) => name)).toEqual([
      'inhibition-on-both-sides',
      'end-under-a-silence',
      'partly-silenced',
    ]);
  });

  test.for(SCENARIOS.filter(({ differs }) => differs === undefined))(
    '$name: the same messages in the same order',
    ({ name }) => {
      const story = storyOf(ours, name);
      expect(story).toEqual(storyOf(theirs, name));
      expect(countOf(story)).toBeGreaterThan(name === 'resolved-before-first-flush' ? -1 : 0);
    },
  );

  test.for(SCENARIOS.filter(({ differs }) => differs !== undefined))(
    '$name differs: $differs.reason',
    ({ name, differs }) => {
      expect(countOf(storyOf(ours, name))).toBe(differs?.messages);
      expect(storyOf(ours, name)).not.toEqual(storyOf(theirs, name));
    },
  );
});

const FIRES: Scenario = {
  name: 'fires',
  steps: [{ atMs: 0, post: [{ labels: { alertname: 'A' } }] }, { told: 1 }],
};
const FIRES_STILL: Scenario = FIRES;
const ENDS: Scenario = {
  name: 'fires',
  steps: [{ atMs: 0, post: [{ labels: { alertname: 'A' }, endsMs: 0 }] }, { told: 2 }],
};

describe.skipIf(program === undefined)('a reload and a restart', () => {
  const cases = ['reload', 'another receiver', 'SIGTERM', 'SIGKILL'] as const;
  const sides = new Map(cases.map((name) => [name, pair()]));

  beforeAll(async () => {
    for (const [name, each] of sides) {
      await both(each, async (side) => {
        const config = configOf([FIRES]);
        await side.start(config);
        await play(side, [FIRES]);
        // Alertmanager notes whom it told a moment after it did.
        await delay(1000);
        if (name === 'reload') await side.reload(config);
        else if (name === 'another receiver')
          await side.reload(config.replaceAll('HOOK/fires', 'HOOK/fires-too'));
        else await side.restart(name);
        await play(side, [FIRES_STILL]);
        await delay(3000);
        await play(side, [ENDS]);
      });
    }
  }, 200_000);
  afterAll(async () => {
    for (const each of sides.values()) await both(each, (side) => side.stop());
  });

  test.for(['reload', 'another receiver', 'SIGTERM'] as const)(
    '%s: nothing twice, and the end is told',
    (name) => {
      const [theirs, ours] = sides.get(name) ?? pair();
      expect(storyOf(ours, 'fires')).toEqual(storyOf(theirs, 'fires'));
      expect(countOf(storyOf(ours, 'fires'))).toBe(2);
    },
  );

  test('SIGKILL differs: Alertmanager forgets whom it told, and tells again', () => {
    const [theirs, ours] = sides.get('SIGKILL') ?? pair();
    expect(countOf(storyOf(ours, 'fires'))).toBe(2);
    expect(countOf(storyOf(theirs, 'fires'))).toBeGreaterThanOrEqual(2);
    expect(storyOf(theirs, 'fires')).not.toEqual(storyOf(ours, 'fires'));
  });
});
