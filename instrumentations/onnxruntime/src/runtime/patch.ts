import type { AnyCall, RuntimeModule, SessionClass } from '../internal-types.ts';
import { RunClock } from './run-timing.ts';
import type { RuntimeCopy } from './runtime-copy.ts';

/** Marks our wrappers for every copy of this package. Not shimmer's marks: see `patchRuntime`. */
const PATCHED = Symbol.for('telltale.onnxruntime.patched');

/** Who observes the calls of a patched copy. */
export interface CallObserver {
  isEnabled(): boolean;
  create(member: PatchedMember, target: unknown, args: unknown[]): unknown;
  run(member: PatchedMember, target: unknown, args: unknown[]): unknown;
  release(member: PatchedMember, target: unknown, args: unknown[]): unknown;
}

/** A wrapped member of one copy of ONNX Runtime. */
export interface PatchedMember {
  readonly original: AnyCall;
  readonly copy: RuntimeCopy;
}

/** One patched copy: its wrappers ask `owner` at each call. */
interface PatchedCopy {
  owner: CallObserver;
  readonly copy: RuntimeCopy;
}

type Method = 'create' | 'run' | 'release';

interface Wrapper extends AnyCall {
  [PATCHED]?: { readonly original: AnyCall; readonly patched: PatchedCopy };
}

/**
 * Wraps `create`, `run` and `release` of the session class of one copy of ONNX Runtime.
 *
 * Members are wrapped, never exports, which are getters. The wrapper carries no marks of shimmer:
 * OpenTelemetry's `_wrap` first removes any wrapper that has them, so that two vendors would erase
 * each other. A class that is patched already is not wrapped twice: each call is observed once,
 * by the first observer that is still enabled.
 */
export function patchRuntime(
  runtime: RuntimeModule,
  version: string | undefined,
  owner: CallObserver,
): RuntimeCopy | undefined {
  const sessionClass = findSessionClass(runtime);
  if (sessionClass === undefined) return undefined;
  const known = (sessionClass.prototype.run as Wrapper)[PATCHED]?.patched;
  if (known !== undefined) {
    if (known.owner !== owner && !known.owner.isEnabled()) known.owner = owner;
    learn(known.copy, runtime, version);
    return known.copy;
  }
  const { run, release } = sessionClass.prototype;
  const copy: RuntimeCopy = {
    version: undefined,
    runtime: undefined,
    clock: new RunClock(),
    bare: { sessionClass, create: sessionClass.create, run, release, tensorClass: undefined },
  };
  learn(copy, runtime, version);
  const patched: PatchedCopy = { owner, copy };
  wrap(sessionClass, 'create', { patched, make: wrapCreate });
  wrap(sessionClass.prototype, 'run', { patched, make: wrapRun });
  if (typeof release === 'function') {
    wrap(sessionClass.prototype, 'release', { patched, make: wrapRelease });
  }
  return copy;
}

function findSessionClass(runtime: RuntimeModule): SessionClass | undefined {
  const sessionClass: SessionClass | undefined = runtime?.InferenceSession;
  const isClass =
    typeof sessionClass?.create === 'function' && typeof sessionClass.prototype?.run === 'function';
  return isClass ? sessionClass : undefined;
}

/** `onnxruntime-common` comes first and knows no backends; `onnxruntime-node` completes it. */
function learn(copy: RuntimeCopy, runtime: RuntimeModule, version: string | undefined): void {
  copy.version ??= version;
  copy.bare.tensorClass ??= runtime.Tensor;
  if (typeof runtime.listSupportedBackends === 'function') copy.runtime = runtime;
}

type MakeWrapper = (member: PatchedMember, patched: PatchedCopy) => Wrapper;

// One function each, although they differ in a word: what they share the compiler could not inline.

const wrapCreate: MakeWrapper = (member, patched) =>
  function (this: unknown, ...args: unknown[]): unknown {
    const { owner } = patched;
    if (!owner.isEnabled()) return member.original.apply(this, args);
    return owner.create(member, this, args);
  };

const wrapRun: MakeWrapper = (member, patched) =>
  function (this: unknown, ...args: unknown[]): unknown {
    const { owner } = patched;
    if (!owner.isEnabled()) return member.original.apply(this, args);
    return owner.run(member, this, args);
  };

const wrapRelease: MakeWrapper = (member, patched) =>
  function (this: unknown, ...args: unknown[]): unknown {
    const { owner } = patched;
    if (!owner.isEnabled()) return member.original.apply(this, args);
    return owner.release(member, this, args);
  };

function wrap(
  holder: Partial<Record<Method, AnyCall>>,
  method: Method,
  { patched, make }: { readonly patched: PatchedCopy; readonly make: MakeWrapper },
): void {
  const original = holder[method];
  if (original === undefined) return;
  const wrapper = make({ original, copy: patched.copy }, patched);
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true });
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true });
  Object.defineProperty(wrapper, PATCHED, { value: { original, patched } });
  const { enumerable } = Object.getOwnPropertyDescriptor(holder, method) ?? { enumerable: false };
  Object.defineProperty(holder, method, {
    value: wrapper,
    writable: true,
    configurable: true,
    enumerable: enumerable === true,
  });
}
