import { DiagLogLevel, diag, metrics } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, describe, expect, test } from 'vitest';

import type { OnnxRuntimeInstrumentationConfig } from '@telltale/instrumentation-onnxruntime';

import { type ObservedRuntime, observeRuntime } from '../../../support/observed-runtime.ts';
import { irisModel } from '../../../support/onnx-models.ts';

afterAll(() => metrics.disable());

type Call = (...args: unknown[]) => unknown;

/** Pipelines built the way transformers.js builds them: functions with a class behind them. */
function transformersModule() {
  class Callable {
    constructor() {
      const closure = (...args: unknown[]): unknown =>
        (closure as unknown as { _call: Call })._call(...args);
      return Object.setPrototypeOf(closure, new.target.prototype) as Callable;
    }
  }
  class Pipeline extends Callable {
    readonly task: unknown;
    readonly work: Call;
    constructor(task: unknown, work: Call) {
      super();
      this.task = task;
      this.work = work;
    }
  }
  class SegmentationPipeline extends Pipeline {
    _call(...args: unknown[]): unknown {
      return this.work(...args);
    }
  }
  class BackgroundPipeline extends SegmentationPipeline {
    override async _call(...args: unknown[]): Promise<unknown> {
      return super._call(...args);
    }
  }
  class SummaryPipeline extends SegmentationPipeline {}
  const make =
    (type: new (task: unknown, work: Call) => object) =>
    (task: unknown, work: Call): Call =>
      new type(task, work) as unknown as Call;
  return {
    exports: { SegmentationPipeline, BackgroundPipeline, SummaryPipeline, NotOnePipeline: 1 },
    segmentation: make(SegmentationPipeline),
    background: make(BackgroundPipeline),
    summary: make(SummaryPipeline),
  };
}

function watched(config: OnnxRuntimeInstrumentationConfig = {}) {
  const observed = observeRuntime({ config });
  const module = transformersModule();
  observed.instrumentation.instrumentTransformers(module.exports);
  return { observed, ...module };
}

const pipelines = (observed: ObservedRuntime): readonly ReadableSpan[] =>
  observed.spans().filter(({ attributes }) => attributes['ml.operation.name'] === 'pipeline');

describe('the span of a pipeline', () => {
  test('names the task and stands above the runs', async () => {
    const { observed, summary } = watched();
    const { InferenceSession, Tensor } = observed.runtime;
    const session = await InferenceSession.create(irisModel());
    const result = {};
    const sentinel = 'SENTINEL-TEXT';
    const pipe = summary('summarization', async (...args) => {
      await session.run({ features: new Tensor('float32', new Float32Array(4), [1, 4]) });
      expect(args).toEqual([sentinel, { top_k: 1 }]);
      return result;
    });
    expect(await pipe(sentinel, { top_k: 1 })).toBe(result);
    const [span, ...others] = pipelines(observed);
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'pipeline summarization',
      kind: 0,
      attributes: { 'ml.operation.name': 'pipeline', 'ml.pipeline.task': 'summarization' },
    });
    const run = observed.spans().find(({ name }) => name.startsWith('infer '));
    expect(run?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
    expect(await observed.exportedText()).not.toContain(sentinel);
    await session.release();
  });

  test.for<readonly [string, () => unknown, string]>([
    ['a rejection', () => Promise.reject(new TypeError('secret text')), 'invalid_argument'],
    ['another rejection', () => Promise.reject(new SyntaxError('secret text')), 'SyntaxError'],
    [
      'an error of the runtime',
      () => Promise.reject(new Error('Got invalid dimensions for input: x')),
      'invalid_shape',
    ],
    [
      'a throw',
      () => {
        throw new Error('secret text');
      },
      'Error',
    ],
  ])('%s is the same error, classified', async ([, work, errorType]) => {
    const { observed, segmentation } = watched();
    let thrown: unknown;
    const pipe = segmentation('image-segmentation', () => {
      try {
        const outcome = work();
        void (outcome as Promise<unknown>).catch((error: unknown) => {
          thrown = error;
        });
        return outcome;
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    const caught = await Promise.resolve()
      .then(() => pipe())
      .catch((error: unknown) => error);
    expect(caught).toBe(thrown);
    expect(pipelines(observed)).toMatchObject([
      {
        attributes: { 'error.type': errorType },
        status: { code: 2, message: errorType },
      },
    ]);
    expect(await observed.exportedText()).not.toContain('secret text');
  });

  test('a pipeline that calls its parent class is one call, also beside another one', async () => {
    const { observed, background } = watched();
    const pipe = background('background-removal', (x) => Promise.resolve(x));
    expect(await Promise.all([pipe(1), pipe(2)])).toEqual([1, 2]);
    expect(pipelines(observed).length).toBe(2);
  });

  test('a module that is given twice, or to two instrumentations, has one span a call', async () => {
    const { exports, segmentation, observed: first } = watched();
    first.instrumentation.instrumentTransformers(exports);
    const second = observeRuntime(); // switches the first one off
    second.instrumentation.instrumentTransformers(exports);
    await segmentation('t', () => Promise.resolve())();
    expect([pipelines(first).length, pipelines(second).length]).toEqual([0, 1]);
    second.instrumentation.disable();
    expect(await segmentation('t', () => Promise.resolve('still works'))()).toBe('still works');
    expect(pipelines(second).length).toBe(1);
  });

  test('a task that is no text, and a call that is no promise', () => {
    const { observed, segmentation } = watched();
    expect(segmentation(undefined, () => 7)()).toBe(7);
    expect(pipelines(observed).map(({ name }) => name)).toEqual(['pipeline unknown']);
  });

  test('the method keeps its name and length, and its caller the rejection', async () => {
    const { exports, segmentation } = watched();
    const method = Reflect.get(exports.SegmentationPipeline.prototype, '_call') as Call;
    expect([method.name, method.length]).toEqual(['_call', 0]);
    const pipe = segmentation('t', () => Promise.reject(new Error('mine')));
    await expect(pipe()).rejects.toThrow('mine');
  });
});

describe('policy and caps', () => {
  const callUnder = async (config: OnnxRuntimeInstrumentationConfig, calls: number) => {
    const { observed, segmentation } = watched(config);
    const pipe = segmentation('t', () => Promise.resolve());
    for (let i = 0; i < calls; i++) await pipe();
    const alone = pipelines(observed).length;
    await observed.tracerProvider.getTracer('app').startActiveSpan('GET /', async (parent) => {
      for (let i = 0; i < calls; i++) await pipe();
      parent.end();
    });
    return { alone, below: pipelines(observed).length - alone };
  };

  test.for<readonly [string, OnnxRuntimeInstrumentationConfig, object]>([
    ['all', {}, { alone: 5, below: 5 }],
    ['parent', { spans: 'parent' }, { alone: 0, below: 5 }],
    ['errors', { spans: 'errors' }, { alone: 0, below: 0 }],
    ['off', { spans: 'off' }, { alone: 0, below: 0 }],
    ['a cap below one parent', { maxSpansPerParent: 2 }, { alone: 5, below: 2 }],
    ['a rate without a parent', { maxRootSpansPerSecond: 3 }, { alone: 3, below: 5 }],
  ])('%s', async ([, config, expected]) => {
    expect(await callUnder(config, 5)).toEqual(expected);
  });
});

test.for<readonly [string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['no transformers', { pipeline: () => {} }],
  ['classes of another shape', { OddPipeline: class {}, ArrowPipeline: () => {} }],
])('instrumentTransformers() of %s warns and does nothing', ([, exports]) => {
  const warnings: unknown[] = [];
  const nothing = (): void => {};
  diag.setLogger(
    {
      debug: nothing,
      error: nothing,
      info: nothing,
      verbose: nothing,
      warn: (...args: unknown[]) => void warnings.push(args.at(-1)),
    },
    DiagLogLevel.WARN,
  );
  observeRuntime().instrumentation.instrumentTransformers(exports);
  diag.disable();
  expect(warnings).toEqual(['Pipelines of transformers.js are not watched: none was recognized']);
});
