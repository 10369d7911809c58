import { describeTensors } from '../tensors.ts';
import type { TensorLike, TensorMap } from '../types.ts';

/** The last shapes of one side of a session with their description: most runs repeat them. */
export interface DescribedTensors {
  readonly shapes: readonly (readonly number[] | undefined)[];
  readonly types: readonly (string | undefined)[];
  readonly text: string[];
}

/** `name:type[dims]` of each tensor, or what `known` says when no shape has changed. */
export function describeSide(
  known: DescribedTensors | undefined,
  tensors: TensorMap,
  names: readonly string[],
): DescribedTensors {
  if (known !== undefined && isSame(known, tensors, names)) return known;
  const values = names.map((name) => tensors[name]);
  return {
    shapes: values.map((tensor) => (tensor === undefined ? undefined : [...tensor.dims])),
    types: values.map((tensor) => tensor?.type),
    text: describeTensors(tensors, names),
  };
}

function isSame(known: DescribedTensors, tensors: TensorMap, names: readonly string[]): boolean {
  for (let i = 0; i < names.length; i++) {
    const tensor = tensors[names[i] as string];
    if (tensor?.type !== known.types[i] || !hasDims(tensor, known.shapes[i])) return false;
  }
  return true;
}

function hasDims(tensor: TensorLike | undefined, dims: readonly number[] | undefined): boolean {
  if (tensor === undefined || dims === undefined) return tensor === dims;
  if (tensor.dims.length !== dims.length) return false;
  for (let i = 0; i < dims.length; i++) if (tensor.dims[i] !== dims[i]) return false;
  return true;
}
