import fc from 'fast-check';
import { expect, test } from 'vitest';

import { slotOffsetMs } from '../../../../collector/src/rules/slot.ts';
import {
  Scheduler,
  type SchedulerOptions,
} from '../../../../collector/src/runtime/evaluate/scheduler.ts';
import { FakeClock } from '../../../support/collector/fake-clock.ts';

const START = 1_700_000_000_000;
const GROUP = { file: 'f', name: 'g', intervalMs: 10_000 };
const OFFSET = slotOffsetMs(GROUP);

interface Recorder {
  readonly clock: FakeClock;
  readonly scheduler: Scheduler;
  readonly slots: number[];
  readonly arrivals: { atMs: number; rules: string[] }[];
  readonly missed: [number, number][];
}

function record(extra: Partial<SchedulerOptions> = {}): Recorder {
  const clock = new FakeClock(START);
  const slots: number[] = [];
  const arrivals: Recorder['arrivals'] = [];
  const missed: [number, number][] = [];
  const scheduler = new Scheduler({
    clock,
    arrivalGapMs: 100,
    evaluateSlot: (_, slotMs) => slots.push(slotMs),
    evaluateArrival: (rules, nowMs) => {
      arrivals.push({ atMs: nowMs - START, rules: [...rules] });
      return rules;
    },
    onMissed: (_, count, inARow) => missed.push([count, inARow]),
    ...extra,
  });
  return { clock, scheduler, slots, arrivals, missed };
}

test('Scheduler evaluates a group at every slot of its interval', async () => {
  const { clock, scheduler, slots } = record();
  scheduler.setGroups([GROUP]);
  await clock.advance(30_000);
  expect(slots).toHaveLength(3);
  expect(slots.map((slot) => (slot - OFFSET) % 10_000)).toEqual([0, 0, 0]);
  scheduler.stop();
  await clock.advance(30_000);
  expect(slots).toHaveLength(3);
});

test('Scheduler skips and counts slots that went by, and keeps to the slots', async () => {
  const recorder = record();
  const { clock, scheduler, slots, missed } = recorder;
  scheduler.setGroups([GROUP]);
  await clock.advance(10_000);
  clock.jump(25_000);
  await clock.advance(20_000);
  expect(slots.map((slot) => (slot - (slots[0] ?? 0)) / 10_000)).toEqual([0, 3, 4]);
  expect(missed).toEqual([[2, 1]]);
  scheduler.stop();
});

test('Scheduler goes on after the clock was set back', async () => {
  const { clock, scheduler, slots } = record();
  scheduler.setGroups([GROUP]);
  await clock.advance(10_000);
  clock.jump(-3_600_000);
  await clock.advance(20_000);
  expect(slots.length).toBeGreaterThan(1);
  expect(slots[1]).toBeLessThan(slots[0] ?? 0);
  scheduler.stop();
});

test('Scheduler.setGroups() keeps the timers of unchanged groups and drops the others', async () => {
  const { clock, scheduler, slots } = record();
  scheduler.setGroups([GROUP]);
  await clock.advance(9_000);
  scheduler.setGroups([GROUP]);
  await clock.advance(1_000);
  expect(slots).toHaveLength(1);
  scheduler.setGroups([]);
  await clock.advance(100_000);
  expect(slots).toHaveLength(1);
});

test('Scheduler evaluates arrivals at once, then each rule at most once in the gap', async () => {
  const { clock, scheduler, arrivals } = record();
  scheduler.notifyArrival(['a']);
  await clock.advance(40);
  scheduler.notifyArrival(['b', 'a']);
  await clock.advance(20);
  scheduler.notifyArrival(['b']);
  await clock.advance(200);
  scheduler.notifyArrival([]);
  scheduler.notifyArrival(['d']);
  expect(arrivals).toEqual([
    { atMs: 0, rules: ['a'] },
    { atMs: 40, rules: ['b'] },
    { atMs: 100, rules: ['a'] },
    { atMs: 140, rules: ['b'] },
    { atMs: 260, rules: ['d'] },
  ]);
  scheduler.stop();
  scheduler.notifyArrival(['e']);
  await clock.advance(1000);
  expect(arrivals).toHaveLength(5);
});

test('Scheduler does not count an arrival whose rule still lacks samples', async () => {
  const asked: number[] = [];
  const { clock, scheduler } = record({
    evaluateArrival: (rules, nowMs) => {
      asked.push(nowMs - START);
      return asked.length < 3 ? new Set() : rules;
    },
  });
  for (let sample = 0; sample < 4; sample += 1) {
    scheduler.notifyArrival(['difference']);
    await clock.advance(20);
  }
  await clock.advance(200);
  expect(asked).toEqual([0, 20, 40, 140]);
  scheduler.stop();
});

test('Scheduler skips no slot while the clock and its timers disagree by milliseconds', async () => {
  const stepMs = fc.constantFrom(-1, 0, 0, 1);
  const timeline = fc.array(fc.tuple(stepMs, stepMs, stepMs), { minLength: 20, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(timeline, fc.integer({ min: 0, max: 2 }), async (jumps, busyMs) => {
      const group = { ...GROUP, intervalMs: 100 };
      const clock = new FakeClock(START);
      const slots: number[] = [];
      const missed: number[] = [];
      const scheduler = new Scheduler({
        clock,
        arrivalGapMs: 100,
        evaluateSlot: (_, slotMs) => {
          slots.push(slotMs);
          clock.jump(jumps[slots.length % jumps.length]?.[0] ?? 0);
          clock.jump(busyMs);
        },
        evaluateArrival: (rules) => rules,
        onMissed: (_, count) => missed.push(count),
      });
      scheduler.setGroups([group]);
      for (const [, before, after] of jumps) {
        clock.jump(before);
        await clock.advance(99);
        clock.jump(after);
        await clock.advance(1);
      }
      scheduler.stop();
      const steps = slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0));
      return missed.length === 0 && slots.length > 15 && steps.every((step) => step === 100);
    }),
    { numRuns: 60 },
  );
});

test('Scheduler waits for its slot when a timer fires early, and answers once', async () => {
  const { clock, scheduler, slots } = record();
  scheduler.setGroups([GROUP]);
  const untilSlotMs = 10_000 - ((START - OFFSET) % 10_000);
  await clock.advance(untilSlotMs - 1);
  clock.jump(-1);
  await clock.advance(1);
  expect(slots).toEqual([]);
  await clock.advance(1);
  expect(slots).toEqual([START + untilSlotMs]);
  clock.jump(-3);
  await clock.advance(5000);
  expect(slots).toHaveLength(1);
  await clock.advance(5003);
  expect(slots).toEqual([START + untilSlotMs, START + untilSlotMs + 10_000]);
  scheduler.stop();
});
