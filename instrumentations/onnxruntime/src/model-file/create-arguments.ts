import type { ModelSource } from './identity.ts';

/** What `InferenceSession.create` was called with: path or bytes, then maybe options. */
export interface CreateArguments {
  readonly source: ModelSource;
  readonly options: Readonly<Record<string, unknown>> | undefined;
  /** Index of the options among the arguments; where they would go when there are none. */
  readonly optionsIndex: number;
}

/** Reads the arguments the way ONNX Runtime does. Never throws: wrong ones give an empty source. */
export function readCreateArguments(args: ArrayLike<unknown>): CreateArguments {
  const found = findOptions(args);
  const logId = found.options?.['logId'];
  const named = typeof logId === 'string' ? { logId } : {};
  return { source: { ...modelSource(args), ...named }, ...found };
}

function findOptions(args: ArrayLike<unknown>): Pick<CreateArguments, 'options' | 'optionsIndex'> {
  for (let index = 1; index < Math.min(args.length, 4); index++) {
    const value = args[index];
    if (typeof value === 'object' && value !== null) {
      return { options: value as Record<string, unknown>, optionsIndex: index };
    }
  }
  return { options: undefined, optionsIndex: Math.min(args.length, 3) };
}

function modelSource(args: ArrayLike<unknown>): ModelSource {
  const [model, offset, length] = [args[0], args[1], args[2]];
  if (typeof model === 'string') return { path: model };
  if (model instanceof Uint8Array) return { bytes: model };
  const isBuffer = model instanceof ArrayBuffer || model instanceof SharedArrayBuffer;
  if (!isBuffer) return {};
  const start = typeof offset === 'number' ? offset : 0;
  const count = typeof length === 'number' ? length : model.byteLength - start;
  try {
    return { bytes: new Uint8Array(model, start, count) };
  } catch {
    return {};
  }
}
