import { describe, expect, test } from 'vitest';

import { createDriftObserver, DriftMonitor } from '@telltale/instrumentation-drift';

import type { RunObserver } from '@telltale/instrumentation-onnxruntime/observer';

const MODEL = { name: 'iris', version: '1' };

interface Tensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  readonly location?: string;
}

const float = (dims: readonly number[], values: readonly number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});

/** Streams with their kinds after one run, and how many values each got. */
function streamsAfter(
  run: { readonly feeds?: Record<string, Tensor>; readonly results?: Record<string, Tensor> },
  options = {},
) {
  const monitor = new DriftMonitor();
  const observer = createDriftObserver(monitor, options);
  observer.onRun(MODEL, run);
  const streams = [...monitor.streams()].map(({ key, kind, records }) => [key.name, kind, records]);
  return { monitor, observer, streams };
}

describe('createDriftObserver()', () => {
  test('is a run observer of the ONNX Runtime instrumentation', () => {
    const observer: RunObserver = createDriftObserver(new DriftMonitor());
    expect(Object.keys(observer).toSorted()).toEqual(['onRun', 'wants']);
  });

  test.for<readonly [string, Tensor, readonly (readonly [string, string, number])[]]>([
    [
      'probabilities of two classes',
      float([2, 2], [0.25, 0.75, 0.5, 0.5]),
      [
        ['out.score', 'score', 2],
        ['out.confidence', 'confidence', 2],
        ['out.class', 'categorical', 2],
      ],
    ],
    [
      'probabilities of three classes',
      float([1, 3], [0.2, 0.3, 0.5]),
      [
        ['out.confidence', 'confidence', 1],
        ['out.class', 'categorical', 1],
      ],
    ],
    ['one share a row', float([3, 1], [0, 0.5, 1]), [['out', 'score', 3]]],
    ['a plain vector of shares', float([3], [0, 0.5, 1]), [['out', 'score', 3]]],
    ['one number a row', float([2, 1], [0, 7]), [['out', 'numeric', 2]]],
    [
      'logits',
      float([1, 2], [-3, 4]),
      [
        ['out[0]', 'numeric', 1],
        ['out[1]', 'numeric', 1],
      ],
    ],
    [
      'class numbers',
      { type: 'int64', dims: [2], data: BigInt64Array.from([0n, 2n]) },
      [['out', 'categorical', 2]],
    ],
    ['labels', { type: 'string', dims: [2], data: ['a', 'b'] }, [['out', 'categorical', 2]]],
    ['a tensor on a GPU', { ...float([1], [1]), location: 'gpu-buffer' }, []],
    ['a sequence of maps', { type: 'sequence', dims: [1], data: [{ a: 1 }] }, []],
    ['dims that do not fit', float([2, 2], [1]), []],
    ['no rows', float([0, 3], []), []],
  ])('%s', ([, tensor, expected]) => {
    expect(streamsAfter({ results: { out: tensor } }).streams).toEqual(expected);
  });

  test('margin and entropy of probabilities, where asked for', () => {
    const results = { out: float([1, 3], [0.25, 0.25, 0.5]) };
    const { streams } = streamsAfter({ results }, { derived: true });
    expect(streams).toEqual([
      ['out.confidence', 'confidence', 1],
      ['out.class', 'categorical', 1],
      ['out.margin', 'numeric', 1],
      ['out.entropy', 'numeric', 1],
    ]);
    const wide = float(
      [1, 200],
      Array.from({ length: 200 }, () => 1 / 200),
    );
    expect(streamsAfter({ results: { out: wide } }, { derived: true }).streams).toHaveLength(2);
  });

  test('what margin and entropy are', () => {
    const monitor = new DriftMonitor({ baseline: { size: 1000, warmup: 0 } });
    const observer = createDriftObserver(monitor, { derived: true });
    for (let index = 0; index < 20; index += 1) {
      observer.onRun(MODEL, { results: { out: float([1, 3], [0.25, 0.25, 0.5]) } });
    }
    const learned = monitor.snapshot().streams.map(({ learner }) => learner?.values[0]);
    expect(learned[2]).toBe(0.25);
    expect(learned[3]).toBeCloseTo(1.5 * Math.LN2, 12);
  });

  test('16 columns of an output and about 128 values of a run are taken', () => {
    const wide = float(
      [1000, 40],
      Array.from({ length: 40_000 }, (_, index) => index),
    );
    const { streams, observer, monitor } = streamsAfter({ results: { out: wide } });
    expect(streams).toHaveLength(16);
    for (let index = 0; index < 9; index += 1) observer.onRun(MODEL, { results: { out: wide } });
    expect([...monitor.streams()].map(({ records }) => records)).toEqual(streams.map(() => 80));
  });

  test('a model with more streams is looked at less often', () => {
    const features = float(
      [1, 64],
      Array.from({ length: 64 }, (_, index) => index),
    );
    const results = Object.fromEntries(
      Array.from({ length: 5 }, (_, output) => [`out${output}`, features]),
    );
    const run = { feeds: { features }, results };
    const { observer, monitor } = streamsAfter(run, { inputs: true });
    for (let index = 1; index < 20; index += 1) observer.onRun(MODEL, run);
    const [first] = monitor.streams();
    expect(first?.records).toBe(11);
  });

  test('inputs are watched when asked for, under their names, at most 64 columns', () => {
    const feeds = {
      age: float([1, 1], [44]),
      rest: float(
        [1, 100],
        Array.from({ length: 100 }, (_, index) => index),
      ),
      other: { type: 'int64', dims: [1], data: BigInt64Array.from([5n]) },
    };
    const none = streamsAfter({ feeds });
    expect({ streams: none.streams, wants: none.observer.wants(MODEL) }).toEqual({
      streams: [],
      wants: { inputs: false, outputs: true, mayMissRuns: true },
    });
    const some = streamsAfter({ feeds }, { inputs: ['age'] });
    expect(some.streams).toEqual([['age', 'numeric', 1]]);
    const all = streamsAfter(
      { feeds },
      { inputs: true, columnNames: { rest: ['income', 'url_length'] } },
    );
    expect(all.streams).toHaveLength(64);
    expect(all.streams.slice(0, 4)).toEqual([
      ['age', 'numeric', 1],
      ['income', 'numeric', 1],
      ['url_length', 'numeric', 1],
      ['rest[2]', 'numeric', 1],
    ]);
    expect(all.observer.wants(MODEL)).toEqual({
      inputs: true,
      outputs: true,
      mayMissRuns: true,
    });
  });

  test('what an output means is told once; NaN and missing columns are counted', () => {
    const { monitor, observer } = streamsAfter({ results: { out: float([1, 2], [0.25, 0.75]) } });
    observer.onRun(MODEL, { results: { out: float([1, 2], [Number.NaN, 0.5]) } });
    observer.onRun(MODEL, { results: { out: float([1, 2], [-3, 4]) } });
    const counts = Object.fromEntries(
      [...monitor.streams()].map(({ key, counts: found }) => [key.name, [found.ok, found.invalid]]),
    );
    expect(counts).toEqual({
      'out.score': [3, 0],
      'out.confidence': [2, 1],
      'out.class': [2, 1],
    });
    const numeric = streamsAfter({ results: { out: float([1, 2], [-3, 4]) } });
    numeric.observer.onRun(MODEL, { results: { out: float([1, 1], [1]) } });
    expect([...numeric.monitor.streams()].map(({ counts: found }) => found.null)).toEqual([0, 1]);
  });

  test('an empty first batch leaves the question open', () => {
    const { monitor, observer } = streamsAfter({ results: { out: float([0, 2], []) } });
    observer.onRun(MODEL, { results: { out: float([1, 2], [0.5, 0.5]) } });
    expect([...monitor.streams()]).toHaveLength(3);
  });
});
