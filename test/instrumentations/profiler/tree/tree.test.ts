import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  callTree,
  sortedChildren,
} from '../../../../instrumentations/profiler/src/tree/call-tree.ts';
import { categoryOf } from '../../../../instrumentations/profiler/src/tree/category.ts';
import { parseCpuProfile } from '../../../../instrumentations/profiler/src/tree/cpu-profile.ts';
import { functionChanges } from '../../../../instrumentations/profiler/src/tree/difference.ts';
import { frameOf, frameText } from '../../../../instrumentations/profiler/src/tree/frame.ts';
import { heapStacks } from '../../../../instrumentations/profiler/src/tree/heap-profile.ts';
import { profileTree } from '../../../../instrumentations/profiler/src/tree/profile-tree.ts';
import { samplesOf, stacksOf } from '../../../../instrumentations/profiler/src/tree/samples.ts';
import { statisticsOf } from '../../../../instrumentations/profiler/src/tree/statistics.ts';
import { frame, node, PROFILE } from '../../../support/profiler/profiles.ts';

test('each sample lasts until the next one', () => {
  expect(samplesOf(PROFILE).map(({ atMicros, micros }) => [atMicros, micros])).toEqual([
    [1_000_000, 10_000],
    [1_010_000, 10_000],
    [1_020_000, 10_000],
    [1_030_000, 10_000],
    [1_040_000, 10_000],
    [1_050_000, 10_000],
  ]);
});

test('a negative difference is no time', () => {
  const samples = samplesOf({ ...PROFILE, samples: [2, 3, 2], timeDeltas: [0, -500, 700] });
  expect(samples.map(({ micros }) => micros)).toEqual([0, 700, 700]);
});

test('stacks, idle time left out', () => {
  const shown = stacksOf(PROFILE).map(({ frames, micros }) => [frames.map(frameText), micros]);
  expect(shown).toEqual([
    [['handler (/app/server.js:10)'], 10_000],
    [['handler (/app/server.js:10)', 'parse (/app/node_modules/lib/index.js:5)'], 10_000],
    [['handler (/app/server.js:10)', 'handler (/app/server.js:10)'], 10_000],
    [
      [
        'handler (/app/server.js:10)',
        'handler (/app/server.js:10)',
        '(anonymous) (node:internal/timers:100)',
      ],
      10_000,
    ],
    [['(garbage collector)'], 10_000],
  ]);
});

test('a recursive function counts once in its own total', () => {
  const { functions, shares, samples, durationMicros, intervalMicros } = statisticsOf(PROFILE);
  expect({ samples, durationMicros, intervalMicros, shares }).toEqual({
    samples: 6,
    durationMicros: 60_000,
    intervalMicros: 10_000,
    shares: { own: 2 / 6, dependency: 1 / 6, node: 1 / 6, native: 0, gc: 1 / 6, idle: 1 / 6 },
  });
  expect(functions.find(({ name }) => name === 'handler')).toEqual({
    name: 'handler',
    file: '/app/server.js',
    line: 10,
    category: 'own',
    selfMicros: 20_000,
    totalMicros: 40_000,
  });
});

test.for([
  ['(idle)', '', 'idle'],
  ['(garbage collector)', '', 'gc'],
  ['(program)', '', 'native'],
  ['run', '', 'native'],
  ['f', 'wasm://wasm/abc', 'native'],
  ['f', 'node:fs', 'node'],
  ['f', 'file:///app/node_modules/a/b.js', 'dependency'],
  ['f', 'C:\\app\\node_modules\\a\\b.js', 'dependency'],
  ['f', 'file:///app/node_modules.js', 'own'],
  ['(idle)', 'file:///app/odd.js', 'own'],
] as const)('%s of "%s" is %s', ([functionName, url, category]) => {
  expect(categoryOf(node(1, functionName, { url }).callFrame)).toBe(category);
});

test('a file name that is no URL stays as it is', () => {
  expect(frameOf(node(1, 'f', { url: 'file:///a%20b/größe%.js' }).callFrame).file).toBe(
    '/a%20b/größe%.js',
  );
  expect(frameOf(node(1, 'f', { url: 'file:///a%20b.js' }).callFrame).file).toBe('/a b.js');
});

test('a damaged file with a circle of nodes still ends', () => {
  const nodes = [node(1, 'a', { children: [2] }), node(2, 'b', { children: [1] })];
  expect(stacksOf({ ...PROFILE, nodes, samples: [2], timeDeltas: [0] })[0]?.frames).toHaveLength(2);
});

const stack = fc.record({
  frames: fc.array(
    fc.constantFrom('a', 'b', 'c', 'd').map((name) => frame(name)),
    {
      minLength: 1,
      maxLength: 6,
    },
  ),
  samples: fc.constant(1),
  micros: fc.integer({ min: 1, max: 1000 }),
});

test('the time of a box is its own and that of the boxes below it', () => {
  fc.assert(
    fc.property(fc.array(stack, { maxLength: 30 }), (stacks) => {
      const root = callTree(stacks);
      const check = (box: typeof root): void => {
        const below = sortedChildren(box).reduce((sum, child) => sum + child.total, 0);
        expect(box.total).toBe(box.self + below);
        for (const child of sortedChildren(box)) check(child);
      };
      check(root);
      expect(root.total).toBe(stacks.reduce((sum, { micros }) => sum + micros, 0));
    }),
  );
});

test('functions that grew come first, those that shrank last', () => {
  const of = (name: string, micros: number) => ({ frames: [frame(name)], samples: 1, micros });
  const changes = functionChanges(
    [of('slow', 10), of('same', 50), of('gone', 40)],
    [of('slow', 80), of('same', 100), of('new', 20)],
  );
  expect(changes.map(({ name, before, after }) => [name, before, after])).toEqual([
    ['slow', 0.1, 0.4],
    ['new', 0, 0.1],
    ['gone', 0.4, 0],
  ]);
});

test('a heap profile becomes stacks whose weight is bytes', () => {
  const { callFrame } = node(2, 'keep', { url: 'file:///app/a.js' });
  const head = {
    callFrame: node(1, '(root)').callFrame,
    selfSize: 0,
    children: [{ callFrame, selfSize: 4096, children: [] }],
  };
  expect(heapStacks({ head }).map(({ frames, micros }) => [frames.map(frameText), micros])).toEqual(
    [[['keep (/app/a.js:1)'], 4096]],
  );
});

describe('a file that is no profile', () => {
  test.for([
    ['nonsense', 'it is no JSON'],
    ['\u001F\u008Bpprof', String.raw`Unexpected token '\x1f'`],
    ['null', 'it has no "nodes"'],
    ['{"nodes":[]}', 'it has no "nodes"'],
    ['{"nodes":[{}]}', 'it has no "startTime"'],
  ])('%s: %s', ([text, message]) => {
    expect(() => parseCpuProfile(text ?? '')).toThrow(message);
  });
});

/** A profile of any shape: each node is called by one with a smaller id, names repeat. */
const anyProfile = fc
  .array(
    fc.record({ name: fc.constantFrom('a', 'b', '(idle)'), caller: fc.nat(), hits: fc.nat(3) }),
    {
      minLength: 1,
      maxLength: 25,
    },
  )
  .map((rows) => {
    const children = rows.map((): number[] => []);
    const callers = rows.map(({ caller }, index) => caller % (index + 1));
    callers.forEach((caller, index) => {
      if (index > 0) children[caller % index]?.push(index + 1);
    });
    const nodes = rows.map(({ name }, index) =>
      node(index + 1, index === 0 ? '(root)' : name, { children: children[index] ?? [] }),
    );
    const samples = rows.flatMap(({ hits }, index) =>
      index === 0 ? [] : Array.from({ length: hits }, () => index + 1),
    );
    return { nodes, startTime: 0, endTime: 100, samples, timeDeltas: samples.map(() => 7) };
  })
  // V8's idle time calls nothing.
  .filter(({ nodes }) =>
    nodes.every(
      ({ callFrame, children = [] }) =>
        callFrame.functionName !== '(idle)' || children.length === 0,
    ),
  );

test('the tree of a profile is the tree of its stacks', () => {
  const plain = (box: ReturnType<typeof callTree>): object => ({
    name: box.frame.name,
    total: box.total,
    self: box.self,
    below: sortedChildren(box)
      .filter(({ total }) => total > 0)
      .map(plain),
  });
  fc.assert(
    fc.property(anyProfile, fc.boolean(), (profile, hasIdle) => {
      const stacks = stacksOf(profile, { hasIdle });
      const { root, samples } = profileTree([{ profile }], { hasIdle });
      expect(plain(root)).toEqual(plain(callTree(stacks)));
      expect(samples).toBe(stacks.reduce((sum, one) => sum + one.samples, 0));
    }),
  );
});

test('threads of one name share their boxes', () => {
  const part = { profile: PROFILE, below: frame('worker') };
  const { root } = profileTree([part, part], { hasIdle: false });
  expect(sortedChildren(root).map(({ frame: { name }, total }) => [name, total])).toEqual([
    ['worker', 100_000],
  ]);
});

test('a tree of a damaged file with a circle ends', () => {
  const nodes = [
    node(1, '(root)', { children: [2] }),
    node(2, 'a', { children: [3] }),
    node(3, 'b', { children: [2, 3] }),
  ];
  const profile = { ...PROFILE, nodes, samples: [3], timeDeltas: [5] };
  expect(profileTree([{ profile }], { hasIdle: false }).root.total).toBe(5);
});

test.for([
  [{ nodes: [1] }, 'entry 0 of "nodes" is no node; expected "id" and "callFrame"'],
  [{ nodes: [null] }, 'entry 0 of "nodes" is no node; expected "id" and "callFrame"'],
  [
    { nodes: [...PROFILE.nodes, { id: 9 }] },
    'entry 7 of "nodes" is no node; expected "id" and "callFrame"',
  ],
  [{ samples: 'none' }, '"samples" is no list of numbers'],
  [{ timeDeltas: [1, 'a'] }, '"timeDeltas" is no list of numbers'],
] as const)('a damaged file is refused in one line: %j', ([damage, problem]) => {
  const text = JSON.stringify({ ...PROFILE, ...damage });
  expect(() => parseCpuProfile(text)).toThrow(`Cannot read the profile: ${problem}`);
});
