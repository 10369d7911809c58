import { setTimeout as sleep } from 'node:timers/promises';

import { expect, test } from 'vitest';

import { exactProfile } from '../../../../instrumentations/profiler/src/exact/exact-profile.ts';
import {
  ExactProfiler,
  type RunIn,
} from '../../../../instrumentations/profiler/src/exact/exact-profiler.ts';
import {
  loadWallProfiler,
  type WallProfile,
} from '../../../../instrumentations/profiler/src/exact/wall-profiler.ts';
import { stacksBySpan } from '../../../../instrumentations/profiler/src/spans/by-span.ts';

const STRINGS = [
  '',
  'place',
  'handle',
  'file:///app/a.js',
  'Garbage Collection',
  '(anonymous:L#1:C#9)',
];

/** Three samples, the newest first: in `handle` below a nameless function, in the collector, again. */
const WALL: WallProfile = {
  stringTable: { strings: STRINGS },
  function: [
    { id: 1, name: 2, filename: 3 },
    { id: 2, name: 5, filename: 3 },
    { id: 3n, name: 4n, filename: 0n },
  ],
  location: [
    { id: 1, line: [{ functionId: 1, line: 7 }] },
    { id: 2, line: [{ functionId: 2, line: 1 }] },
    { id: 3n, line: [{ functionId: 3n, line: 0n }] },
  ],
  sample: [
    { locationId: [1, 2], value: [1], label: [{ key: 1, num: 2 }] },
    { locationId: [3n], value: [1n], label: [{ key: 1n, num: 1n }] },
    { locationId: [1, 2], value: [1], label: [{ key: 1, num: 0 }] },
    { locationId: [1, 2], value: [1], label: [] },
  ],
};

test('samples come into their order, with what they were taken in and idle time between', () => {
  const { profile, sampleSpans } = exactProfile(WALL, {
    taken: [
      { atMicros: 1010, spanId: 'a' },
      { atMicros: 1020, spanId: undefined },
      { atMicros: 1100, spanId: 'b' },
    ],
    label: 'place',
    intervalMicros: 10,
    startMicros: 1000,
    endMicros: 1110,
  });
  const frame = (functionName: string, url = '', lineNumber = 0) => ({
    functionName,
    scriptId: '0',
    url,
    lineNumber,
    columnNumber: 0,
  });
  expect(profile).toEqual({
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 4, 5] },
      { id: 2, callFrame: frame('', 'file:///app/a.js', 0), children: [3] },
      { id: 3, callFrame: frame('handle', 'file:///app/a.js', 6), children: [] },
      { id: 4, callFrame: frame('(garbage collector)'), children: [] },
      { id: 5, callFrame: frame('(idle)'), children: [] },
    ],
    startTime: 1000,
    endTime: 1110,
    samples: [3, 4, 5, 3],
    timeDeltas: [10, 10, 10, 70],
  });
  expect(sampleSpans).toEqual(['a', undefined, undefined, 'b']);
});

test('where the sampler is not installed, the error says what to do', () => {
  expect(() => loadWallProfiler(['/nowhere/package.json'])).toThrow(
    'Cannot tell spans exactly: @datadog/pprof is not installed; npm install @datadog/pprof',
  );
});

function alpha(): void {
  busy();
}

function beta(): void {
  busy();
}

const SLICE_MS = 8;

function busy(): void {
  const untilMs = performance.now() + SLICE_MS;
  while (performance.now() < untilMs) Math.sqrt(Math.random());
}

/** A request whose work is cut into slices, between which another one has its turn. */
async function serve(work: () => void): Promise<void> {
  for (let slice = 0; slice < 25; slice += 1) {
    work();
    await sleep(1);
  }
}

test('two requests that interleave are told apart, sample by sample', async () => {
  let run: RunIn = (_, work) => work();
  const exact = new ExactProfiler(loadWallProfiler(), (runIn) => {
    run = runIn;
    return () => {
      run = (_, work) => work();
    };
  });
  const recording = exact.record(1);
  await Promise.all([run('a', () => serve(alpha)), run('b', () => serve(beta))]);
  const { profile, sampleSpans } = await recording.stop();
  const spans = ['a', 'b'].map((spanId) => ({
    name: `span ${spanId}`,
    spanId,
    traceId: spanId,
    startMicros: profile.startTime,
    endMicros: profile.endTime,
  }));
  const counts = { right: 0, wrong: 0, none: 0 };
  for (const { frames, samples, span, isConcurrent } of stacksBySpan(profile, spans, {
    hasIdle: false,
    sampleSpans,
  })) {
    expect(isConcurrent).toBe(false);
    const names = frames.map(({ name }) => name);
    const [wanted] =
      Object.entries({ a: 'alpha', b: 'beta' }).find(([, name]) => names.includes(name)) ?? [];
    if (wanted === undefined) continue;
    if (span === undefined) counts.none += samples;
    else counts[span.spanId === wanted ? 'right' : 'wrong'] += samples;
  }
  expect(counts).toEqual({ right: expect.any(Number), wrong: 0, none: 0 });
  expect(counts.right).toBeGreaterThan(100);
  // The second stop gives the same, and another recording can begin.
  expect((await recording.stop()).profile).toBe(profile);
  await exact.record(10).stop();
});
