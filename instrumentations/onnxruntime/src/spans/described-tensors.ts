import type { SessionState } from '../model/session-state.ts';

import { describeTensors } from '../tensors.ts';
import type { TensorLike, TensorMap } from '../types.ts';

/** The last shapes of one side of a session with their description: most runs repeat them. */
interface Described {
  readonly shapes: readonly (readonly number[] | undefined)[];
  readonly types: readonly (string | undefined)[];
  readonly text: string[];
}

const lastInputs: WeakMap<SessionState, Described> = new WeakMap();
const lastOutputs: WeakMap<SessionState, Described> = new WeakMap();

/** `name:type[dims]` of the inputs; `undefined` when the feeds are no object. */
export function describedInputs(session: SessionState, feeds: unknown): string[] | undefined {
  if (typeof feeds !== 'object' || feeds === null) return undefined;
  return described(lastInputs, session, { tensors: feeds as TensorMap, names: session.inputNames });
}

export function describedOutputs(session: SessionState, results: TensorMap): string[] {
  return described(lastOutputs, session, { tensors: results, names: session.outputNames });
}

interface Side {
  readonly tensors: TensorMap;
  readonly names: readonly string[];
}

function described(
  last: WeakMap<SessionState, Described>,
  session: SessionState,
  side: Side,
): string[] {
  const known = last.get(session);
  if (known !== undefined && isSame(known, side)) return known.text;
  const tensors = side.names.map((name) => side.tensors[name]);
  const text = describeTensors(side.tensors, side.names) as string[];
  last.set(session, {
    shapes: tensors.map((tensor) => (tensor === undefined ? undefined : [...tensor.dims])),
    types: tensors.map((tensor) => tensor?.type),
    text,
  });
  return text;
}

function isSame(known: Described, { tensors, names }: Side): boolean {
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
