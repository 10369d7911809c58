import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseBaseline, serializeBaseline } from '@telltale/statistics';
import { DriftMonitor, driftRoutes, sha256 } from '@telltale/instrumentation-drift';

import { adoptBaseline } from '../../../../instrumentations/drift/src/baselines/offer.ts';
import { normals, SCORE_KEY, trainingBaseline } from '../../../support/drift/training-baseline.ts';

type Json = Readonly<Record<string, unknown>> | readonly unknown[];

const CATEGORIES = Array.from({ length: 400 }, (_, row) => `c${row % 3}`);
const categorical = trainingBaseline(SCORE_KEY, { kind: 'categorical', values: CATEGORIES });
const FILES = [
  { kind: 'numeric' as const, baseline: trainingBaseline(), live: normals(150) },
  {
    kind: 'categorical' as const,
    baseline: categorical,
    live: [...CATEGORIES.slice(0, 150), 'new'],
  },
];

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Places in a file: every field, and the ends of every list. */
function placesIn(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (!isJson(value)) return [at];
  const keys = Array.isArray(value)
    ? [...new Set(['0', String(value.length - 1)])].filter(() => value.length > 0)
    : Object.keys(value);
  const below = keys.flatMap((key) => placesIn(Reflect.get(value, key), [...at, key]));
  return at.length === 0 ? below : [at, ...below];
}

/** The file with something else at a place, or nothing. */
function damaged(file: Json, place: readonly string[], change: { readonly value?: unknown }): Json {
  const copy = structuredClone(file);
  const last = place.at(-1) ?? '';
  const owner = place
    .slice(0, -1)
    .reduce<unknown>((one, key) => isJson(one) && Reflect.get(one, key), copy);
  if (!isJson(owner)) return copy;
  if ('value' in change) Reflect.set(owner, last, change.value);
  else if (Array.isArray(owner)) owner.splice(Number(last), 1);
  else Reflect.deleteProperty(owner, last);
  return copy;
}

/** Reads a file whose hash was computed after the damage: the hash protects from accidents only. */
function readForged(file: Json) {
  let id = '';
  const digest = (text: string): string => {
    id = sha256(text);
    return id;
  };
  parseBaseline(JSON.stringify(file), digest);
  return parseBaseline(JSON.stringify(Object.assign(structuredClone(file), { id })), sha256);
}

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.constantFrom(0, -1, 1.5, 1e308, 1e-320, Number.MAX_SAFE_INTEGER, null, '', 'x'),
  fc.constantFrom<unknown>([], {}, [0], [null]),
);
const change = fc.oneof(
  fc.record({ value: strange }),
  fc.constant<{ readonly value?: unknown }>({}),
);

test.for(FILES)(
  'a forged $kind file is refused, or works as any other',
  async ({ kind, baseline, live }) => {
    const file = JSON.parse(serializeBaseline(baseline, sha256)) as Json;
    const places = placesIn(file);
    expect(places.length).toBeGreaterThan(40);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), change, async (place, how) => {
        const parsed = readForged(damaged(file, place, how));
        if (!parsed.ok) return;
        const monitor = new DriftMonitor();
        const { key } = parsed.baseline;
        const stream = monitor.stream(key, kind);
        for (const watched of monitor.streams()) adoptBaseline(watched, parsed);
        for (const value of live) stream.observe(value);
        const [all, one] = driftRoutes(monitor);
        const base = '/monitoring/drift';
        const name = encodeURIComponent(key.name);
        const asked = { method: 'GET', query: new URLSearchParams(), headers: {} };
        const answers = await Promise.all([
          all?.handle({ ...asked, path: base }),
          ...['', '/baseline', '/plot.svg', '/plot.json'].map((view) =>
            one?.handle({ ...asked, path: `${base}/${name}${view}` }),
          ),
        ]);
        const statuses = answers.map((answer) => answer?.status);
        const restored = new DriftMonitor().restore(monitor.snapshot());
        expect({ failures: monitor.failures, statuses, restored }).toEqual({
          failures: 0,
          statuses: [200, 200, 200, 200, 200],
          restored: true,
        });
      }),
      { numRuns: 150 },
    );
  },
);

test.for([1e308, 1e15, 1e7])('a file that claims %d records blocks nothing', (records) => {
  const file = JSON.parse(serializeBaseline(categorical, sha256)) as Json;
  const parsed = readForged(damaged(file, ['classes', 'records'], { value: records }));
  if (!parsed.ok) throw new Error('expected a file that is sound in itself');
  const monitor = new DriftMonitor({ classes: ['nowhere'] });
  const stream = monitor.stream(parsed.baseline.key, 'categorical');
  const [watched] = monitor.streams();
  if (watched === undefined) throw new Error('expected a stream');
  expect(adoptBaseline(watched, parsed)).toBeUndefined();
  for (const value of CATEGORIES) stream.observe(value);
  expect(monitor.failures).toBe(0);
  expect(monitor.status().map(({ classGap }) => classGap)).toEqual([
    { hasTooManyRecords: true, unknown: ['nowhere'] },
  ]);
});

test('a sound file has no gap, and its classes by name have a place', () => {
  const parsed = readForged(JSON.parse(serializeBaseline(categorical, sha256)) as Json);
  if (!parsed.ok) throw new Error('expected a sound file');
  const [known = ''] = CATEGORIES;
  const monitor = new DriftMonitor({ classes: [known] });
  monitor.stream(parsed.baseline.key, 'categorical');
  for (const watched of monitor.streams()) adoptBaseline(watched, parsed);
  expect(monitor.status().map(({ classGap }) => classGap)).toEqual([
    { hasTooManyRecords: false, unknown: [] },
  ]);
});
