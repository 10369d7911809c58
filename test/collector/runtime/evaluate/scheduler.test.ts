import fc from 'fast-check';
import { expect, test } from 'vitest';

import { slotOffsetMs } from '../../../../collector/src/rules/slot.ts';
import { ClockWatch } from '../../../../collector/src/runtime/clock-watch.ts';
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
  readonly past: number[];
  readonly missed: [number, number][];
}

/** What a scheduler needs to know of time. */
function timeOf(clock: FakeClock): Pick<SchedulerOptions, 'clock' | 'monotonicMs' | 'clockSets'> {
  const monotonicMs = (): number => clock.monotonicMs();
  const watch = new ClockWatch(clock, monotonicMs, () => undefined);
  return { clock, monotonicMs, clockSets: () => watch.check() };
}

function record(extra: Partial<SchedulerOptions> = {}): Recorder {
  const clock = new FakeClock(START);
  const slots: number[] = [];
  const past: number[] = [];
  const arrivals: Recorder['arrivals'] = [];
  const missed: [number, number][] = [];
  const scheduler = new Scheduler({
    ...timeOf(clock),
    arrivalGapMs: 100,
    evaluateSlot: (_, slotMs, isPast) => (isPast ? past : slots).push(slotMs),
    evaluateArrival: (rules, nowMs) => {
      arrivals.push({ atMs: nowMs - START, rules: [...rules] });
      return rules;
    },
    onMissed: (_, count, inARow) => missed.push([count, inARow]),
    ...extra,
  });
  return { clock, scheduler, slots, past, arrivals, missed };
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

const steps = (slots: readonly number[], first = slots[0] ?? 0): number[] =>
  slots.map((slot) => (slot - first) / GROUP.intervalMs);

test('Scheduler skips and counts slots that a clock jumped over, and keeps to the slots', async () => {
  const { clock, scheduler, slots, past, missed } = record();
  scheduler.setGroups([GROUP]);
  await clock.advance(10_000);
  clock.jump(25_000);
  await clock.advance(20_000);
  expect(steps(slots)).toEqual([0, 3, 4]);
  expect(past).toEqual([]);
  expect(missed).toEqual([[2, 1]]);
  scheduler.stop();
});

test('Scheduler makes up for slots of a while without processor time', async () => {
  const { clock, scheduler, slots, past, missed } = record();
  scheduler.setGroups([GROUP]);
  await clock.advance(10_000);
  clock.stall(35_000);
  await clock.advance(10_000);
  expect(steps(slots)).toEqual([0, 3, 4]);
  expect(steps(past, slots[0])).toEqual([1, 2]);
  expect(missed).toEqual([]);
  scheduler.stop();
});

test.each([
  { intervalMs: 1000, stalledMs: 60_000, past: 10, missed: 50 },
  { intervalMs: 10_000, stalledMs: 60_000, past: 3, missed: 3 },
  { intervalMs: 60_000, stalledMs: 200_000, past: 0, missed: 3 },
])('Scheduler makes up for the newest slots only: %o', async (one) => {
  const { clock, scheduler, past, missed } = record();
  const group = { ...GROUP, intervalMs: one.intervalMs };
  scheduler.setGroups([group]);
  // Just after a slot, so that the slots of the stall follow from its length.
  const sinceMs = (START - slotOffsetMs(group)) % one.intervalMs;
  await clock.advance(2 * one.intervalMs - sinceMs + 1);
  clock.stall(one.stalledMs + one.intervalMs - 1);
  await clock.advance(0);
  expect(past).toHaveLength(one.past);
  expect(missed.map(([count]) => count)).toEqual([one.missed]);
  scheduler.stop();
});

test('Scheduler does not pile up slots of rules that take longer than their interval', async () => {
  const busyMs = 15_000;
  let past = 0;
  let missed = 0;
  let lateMsMax = 0;
  const clock = new FakeClock(START);
  const scheduler = new Scheduler({
    ...timeOf(clock),
    arrivalGapMs: 100,
    evaluateSlot: (_, slotMs, isPast) => {
      past += isPast ? 1 : 0;
      if (!isPast) lateMsMax = Math.max(lateMsMax, clock.nowMs() - slotMs);
      clock.stall(busyMs);
    },
    evaluateArrival: (rules) => rules,
    onMissed: (_, count) => {
      missed += count;
    },
  });
  scheduler.setGroups([GROUP]);
  for (let round = 0; round < 100; round += 1) await clock.advance(GROUP.intervalMs);
  scheduler.stop();
  expect({ past, missed }).toEqual({ past: 11, missed: 33 });
  expect(lateMsMax).toBeLessThan(2 * busyMs);
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
        ...timeOf(clock),
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
      const apart = slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0));
      return missed.length === 0 && slots.length > 15 && apart.every((step) => step === 100);
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
