import type { AnyCall } from '../internal-types.ts';

/** Marks our wrappers for every copy of this package. */
const PATCHED = Symbol.for('telltale.transformers.patched');
const CLASS_NAME = /Pipeline$/u;

/** Who observes the calls of pipelines. */
export interface PipelineObserver {
  isEnabled(): boolean;
  call(original: AnyCall, pipeline: PipelineLike, args: unknown[]): unknown;
}

/** The members of a pipeline that we touch. */
export interface PipelineLike {
  readonly task?: unknown;
}

interface Patched {
  owner: PipelineObserver;
}

interface Wrapper extends AnyCall {
  [PATCHED]?: Patched;
}

interface PipelinePrototype {
  _call: Wrapper;
}

/**
 * Wraps `_call` of each pipeline class that a copy of transformers.js exports: a pipeline is a
 * function that hands its arguments to that method. A class that is patched already is not wrapped
 * twice: each call is observed once, by the first observer that is still enabled.
 *
 * @returns how many classes were recognized.
 */
export function patchPipelines(exports: unknown, owner: PipelineObserver): number {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return 0;
  let recognized = 0;
  for (const [name, value] of Object.entries(exports)) {
    if (!CLASS_NAME.test(name) || typeof value !== 'function') continue;
    const { prototype } = value as { readonly prototype?: PipelinePrototype };
    if (typeof prototype?._call !== 'function') continue;
    recognized++;
    // A class without a `_call` of its own has the wrapped one of its parent.
    if (Object.hasOwn(prototype, '_call')) wrapCall(prototype, owner);
  }
  return recognized;
}

function wrapCall(prototype: PipelinePrototype, owner: PipelineObserver): void {
  const original = prototype._call;
  const known = original[PATCHED];
  if (known !== undefined) {
    if (known.owner !== owner && !known.owner.isEnabled()) known.owner = owner;
    return;
  }
  const patched: Patched = { owner };
  const wrapper: Wrapper = function (this: unknown, ...args: unknown[]): unknown {
    if (!patched.owner.isEnabled()) return original.apply(this, args);
    return patched.owner.call(original, this as PipelineLike, args);
  };
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
  Object.defineProperty(wrapper, PATCHED, { value: patched });
  Object.defineProperty(prototype, '_call', {
    ...Object.getOwnPropertyDescriptor(prototype, '_call'),
    value: wrapper,
  });
}
