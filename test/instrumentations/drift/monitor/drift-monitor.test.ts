import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';

import { type Baseline, SeededRandom, standardNormal } from '@telltale/statistics';
import { DriftMonitor, type DriftTransition, deferred } from '@telltale/instrumentation-drift';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const SCORE = { model: 'fraud', version: '1', name: 'score', direction: 'output' } as const;

/** A monitor with its transitions, and the one stream of it as a state. */
function watching(kind: 'numeric' | 'categorical' = 'numeric', options = {}) {
  const monitor = new DriftMonitor({ falseAlarmEvery: 1e5, ...options });
  const transitions: DriftTransition[] = [];
  monitor.onTransition((transition) => transitions.push(transition));
  const stream = monitor.stream(SCORE, kind);
  const [state] = monitor.streams();
  return { monitor, stream, transitions, state };
}

const incidents = (transitions: readonly DriftTransition[]): readonly DriftTransition[] =>
  transitions.filter(({ to }) => to === 'drift' || to === 'alert');

describe('DriftMonitor', () => {
  test('learns for warm-up and baseline, then watches quietly', () => {
    const random = new SeededRandom(1);
    const { stream, transitions, state } = watching();
    for (let index = 0; index < 1099; index += 1) stream.observe(standardNormal(random));
    expect(state?.state).toBe('learning');
    for (let index = 0; index < 20_000; index += 1) stream.observe(standardNormal(random));
    expect(['stable', 'warning']).toContain(state?.state);
    expect(incidents(transitions)).toEqual([]);
  });

  test('finds a shift, dates it and comes back when it ends', () => {
    const random = new SeededRandom(2);
    const { stream, transitions, state } = watching();
    for (let index = 0; index < 4000; index += 1) stream.observe(standardNormal(random));
    expect(incidents(transitions)).toEqual([]);
    const before = 4000;
    for (let index = 0; index < 500; index += 1) stream.observe(standardNormal(random) + 1);
    expect(state?.state).toBe('alert');
    const [first] = incidents(transitions);
    const { records = 0, changePointRecordsAgo = 0 } = first ?? {};
    expect(first).toMatchObject({ aspect: 'value', stream: SCORE });
    expect(records - before).toBeLessThan(400);
    expect(Math.abs(records - changePointRecordsAgo - before)).toBeLessThan(40);
    for (let index = 0; index < 3000; index += 1) stream.observe(standardNormal(random));
    expect(state?.state).toBe('stable');
  });

  test.for<readonly [string, (random: SeededRandom) => unknown, string]>([
    [
      'missing values',
      (random) => (random.next() < 0.3 ? null : standardNormal(random)),
      'missing',
    ],
    ['NaN', (random) => (random.next() < 0.3 ? Number.NaN : standardNormal(random)), 'missing'],
    [
      'values far out of range',
      (random) => (random.next() < 0.2 ? 50 : standardNormal(random)),
      'novelty',
    ],
    ['a wider spread', (random) => standardNormal(random) * 2, 'value'],
  ])('%s: the %s aspect alarms', ([, draw, aspect]) => {
    const random = new SeededRandom(3);
    const { stream, transitions } = watching();
    for (let index = 0; index < 3000; index += 1) stream.observe(standardNormal(random));
    expect(incidents(transitions)).toEqual([]);
    for (let index = 0; index < 2000; index += 1) stream.observe(draw(random));
    expect(incidents(transitions).map((transition) => transition.aspect)).toContain(aspect);
  });

  test('categories: a changed mix is drift, a new category is novel', () => {
    const random = new SeededRandom(4);
    const draw = (share: number): string => (random.next() < share ? 'a' : 'b');
    const mixed = watching('categorical');
    for (let index = 0; index < 3000; index += 1) mixed.stream.observe(draw(0.5));
    expect(incidents(mixed.transitions)).toEqual([]);
    for (let index = 0; index < 1500; index += 1) mixed.stream.observe(draw(0.75));
    expect(incidents(mixed.transitions).map(({ aspect }) => aspect)).toContain('value');
    const fresh = watching('categorical');
    for (let index = 0; index < 3000; index += 1) fresh.stream.observe(draw(0.5));
    for (let index = 0; index < 1500; index += 1) {
      fresh.stream.observe(random.next() < 0.2 ? 'c' : draw(0.5));
    }
    expect(incidents(fresh.transitions).map(({ aspect }) => aspect)).toContain('novelty');
    expect(fresh.state?.counts.unseen).toBeGreaterThan(200);
  });

  test('numbers with a handful of values are treated as categories', () => {
    const random = new SeededRandom(5);
    const { stream, transitions, state } = watching();
    const draw = (): number => Math.floor(3 * random.next()) / 2;
    for (let index = 0; index < 4000; index += 1) stream.observe(draw());
    expect(state?.comparison?.baseline.known.kind).toBe('categories');
    expect(incidents(transitions)).toEqual([]);
  });

  test('serial dependence is thinned away before it can cry wolf', () => {
    const random = new SeededRandom(6);
    const { stream, transitions, state } = watching();
    let z = 0;
    for (let index = 0; index < 30_000; index += 1) {
      z = 0.8 * z + standardNormal(random);
      stream.observe(z);
    }
    expect(state?.comparison?.baseline.thin).toBeGreaterThan(5);
    expect(incidents(transitions)).toEqual([]);
  });

  test('a baseline that holds a change is not taken at its first size', () => {
    const random = new SeededRandom(7);
    const { stream, state } = watching();
    for (let index = 0; index < 600; index += 1) stream.observe(standardNormal(random));
    for (let index = 0; index < 500; index += 1) stream.observe(standardNormal(random) + 2);
    expect(state?.state).toBe('learning');
    for (let index = 0; index < 8000; index += 1) stream.observe(standardNormal(random) + 2);
    expect(state?.comparison?.baseline.quality).toBe('ok');
    expect(state?.comparison?.baseline.sample[0]).toBeGreaterThan(-3);
  });

  test('ten thousand streams share one beyond the limit', () => {
    const { monitor } = watching('numeric', { streamsMax: 10 });
    for (let index = 0; index < 10_000; index += 1) {
      monitor.stream({ ...SCORE, name: `feature-${index}` }, 'numeric').observe(index);
    }
    expect([...monitor.streams()]).toHaveLength(11);
    expect(monitor.overflowed).toBeGreaterThan(9000);
  });

  test('a listener that throws disturbs no other', () => {
    const random = new SeededRandom(8);
    const { monitor, stream, transitions } = watching();
    monitor.onTransition(() => {
      throw new Error('listener');
    });
    for (let index = 0; index < 3000; index += 1) stream.observe(standardNormal(random));
    for (let index = 0; index < 1000; index += 1) stream.observe(standardNormal(random) + 2);
    expect(incidents(transitions).length).toBeGreaterThan(0);
    expect(monitor.failures).toBeGreaterThan(0);
  });

  test('any junk is counted and never throws', () => {
    fc.assert(
      fc.property(
        fc.array(fc.anything(), { maxLength: 300 }),
        fc.boolean(),
        (values, isNumeric) => {
          const { monitor, stream, state } = watching(isNumeric ? 'numeric' : 'categorical', {
            baseline: { size: 50, warmup: 0 },
          });
          for (const value of values) stream.observe(value);
          const { thinned, ...outcomes } = state?.counts ?? { thinned: 0 };
          const counted = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
          return thinned >= 0 && counted === values.length && monitor.failures === 0;
        },
      ),
    );
  });
});

describe('learning in steps', () => {
  test('a baseline comes between other work, and records go on being counted', async () => {
    const monitor = new DriftMonitor({ schedule: deferred() });
    const random = new SeededRandom(4);
    const stream = monitor.stream(SCORE, 'numeric');
    const [state] = monitor.streams();
    for (let index = 0; index < 1200; index += 1) stream.observe(standardNormal(random));
    expect(state?.comparison).toBeUndefined();
    await vi.waitUntil(() => state?.comparison !== undefined);
    expect({ records: state?.records, size: state?.comparison?.baseline.size }).toEqual({
      records: 1200,
      size: 1100,
    });
  });

  test('an attempt that a reset overtook is forgotten', () => {
    const waiting: (() => void)[] = [];
    const monitor = new DriftMonitor({ schedule: (work) => waiting.push(work) });
    const random = new SeededRandom(4);
    const stream = monitor.stream(SCORE, 'numeric');
    for (let index = 0; index < 1100; index += 1) stream.observe(standardNormal(random));
    monitor.reset({ keepBaseline: false });
    for (const work of waiting) work();
    expect(
      [...monitor.streams()].map(({ comparison, learner }) => [comparison, learner?.length]),
    ).toEqual([[undefined, 0]]);
    expect(monitor.failures).toBe(0);
  });

  test('deferred() runs one piece of work a turn, in order', async () => {
    const schedule = deferred();
    const seen: string[] = [];
    schedule(() => {
      seen.push('first');
      schedule(() => seen.push('third'));
    });
    schedule(() => seen.push('second'));
    setImmediate(() => seen.push('other'));
    await vi.waitUntil(() => seen.length === 4);
    expect(seen).toEqual(['first', 'other', 'second', 'third']);
  });
});

test.for<readonly [Baseline['quality'], boolean]>([
  ['ok', false],
  ['approximate', true],
])('the reference of a baseline of quality %s is frozen at once: %s', ([quality, isFrozen]) => {
  const random = new SeededRandom(6);
  const { monitor, stream, state } = watching();
  for (let index = 0; index < 1100; index += 1) stream.observe(standardNormal(random));
  const learned = state?.comparison?.baseline;
  if (learned === undefined) throw new Error('no baseline was learned');
  state?.adopt({ ...learned, quality });
  for (let index = 0; index < 500; index += 1) stream.observe(standardNormal(random));
  const [status] = monitor.status();
  expect(status?.baseline).toMatchObject({
    quality,
    frozen: isFrozen,
  });
  // It learns on but for the few records that follow odd ones.
  expect((status?.baseline?.referenceN ?? 0) > 1450).toBe(!isFrozen);
});

test('deferred() outlives work that throws', async () => {
  const schedule = deferred();
  schedule(() => {
    throw new Error('inside');
  });
  await expect(new Promise((resolve) => schedule(() => resolve('after')))).resolves.toBe('after');
});

test('deferred() works through everything in a process that has nothing else to do', () => {
  const script = `
    import { deferred } from '@telltale/instrumentation-drift';
    const schedule = deferred();
    let done = 0;
    for (let index = 0; index < 500; index += 1) schedule(() => { done += 1; });
    process.on('exit', () => console.log(done));`;
  const args = ['--conditions=@telltale/source', '--input-type=module', '--eval', script];
  const output = execFileSync(process.execPath, args, { encoding: 'utf8', cwd: ROOT });
  expect(output).toBe('500\n');
});
