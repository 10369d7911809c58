import type { DriftMonitor } from './drift-monitor.ts';
import { type TensorPlace, type TensorStreams, tensorStreams } from './tensor-streams.ts';
import type { StreamDirection } from './types.ts';

/** Who a model is, as far as streams need to know. */
export interface ObservedModel {
  readonly name: string;
  readonly version: string;
}

/** A tensor of any copy of ONNX Runtime: recognized by its shape, never by its class. */
export interface ObservedTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  readonly location?: string;
}

export type ObservedTensors = Readonly<Record<string, ObservedTensor | undefined>>;

export interface ObservedInference {
  readonly feeds?: ObservedTensors;
  readonly results?: ObservedTensors;
}

/** Sees runs of models; shaped like the observers of the ONNX Runtime instrumentation. */
export interface DriftObserver {
  wants(model: ObservedModel): { readonly inputs: boolean; readonly outputs: boolean };
  onRun(model: ObservedModel, run: ObservedInference): void;
}

export interface DriftObserverOptions {
  /** Watch outputs. Default `true`. */
  readonly outputs?: boolean;
  /** Watch inputs: all of them, or those of these names. Default none. */
  readonly inputs?: boolean | readonly string[];
  /** Names of the columns of a tensor, by the tensor's name. Default their numbers. */
  readonly columnNames?: Readonly<Record<string, readonly string[]>>;
}

/** Tensors of one model that are watched; the rest is ignored. */
const TENSORS_MAX = 64;
/** Columns of all inputs of one model. */
const INPUT_COLUMNS_MAX = 64;

type Watched = Map<string, TensorStreams | undefined>;

/**
 * Feeds what models take and give into a monitor. What an output means is told from its first
 * values and stays: probabilities become score, confidence and class, a number in [0, 1] a score,
 * other floats numeric columns, integers and strings categories. At most 64 rows of a run are taken.
 */
export function createDriftObserver(
  monitor: DriftMonitor,
  options: DriftObserverOptions = {},
): DriftObserver {
  const { outputs = true, inputs = false } = options;
  const models = new WeakMap<ObservedModel, Record<StreamDirection, Watched>>();
  const isWanted = (name: string): boolean =>
    inputs === true || (Array.isArray(inputs) && inputs.includes(name));

  const feed = (model: ObservedModel, direction: StreamDirection, tensors: ObservedTensors) => {
    const known = models.get(model) ?? { input: new Map(), output: new Map() };
    models.set(model, known);
    const watched = known[direction];
    for (const [name, tensor] of Object.entries(tensors)) {
      if (tensor === undefined || (direction === 'input' && !isWanted(name))) continue;
      if (!watched.has(name)) {
        const columns = columnsOf(options, name, direction === 'input' ? watched : undefined);
        const place = { model, name, direction, columns };
        if (watched.size < TENSORS_MAX)
          addTensor(watched, place, tensorStreams(monitor, place, tensor));
      }
      watched.get(name)?.observe(tensor);
    }
  };

  return {
    wants: () => ({
      inputs: inputs === true || (Array.isArray(inputs) && inputs.length > 0),
      outputs,
    }),
    onRun: (model, { feeds, results }) => {
      if (feeds !== undefined) feed(model, 'input', feeds);
      if (results !== undefined && outputs) feed(model, 'output', results);
    },
  };
}

/** All inputs of a model share one limit of columns; outputs have one each. */
function columnsOf(
  { columnNames = {} }: DriftObserverOptions,
  name: string,
  inputs: Watched | undefined,
): TensorPlace['columns'] {
  const names = columnNames[name] ?? [];
  if (inputs === undefined) return { names, max: undefined };
  const taken = [...inputs.values()].reduce((sum, one) => sum + (one?.columns ?? 0), 0);
  return { names, max: INPUT_COLUMNS_MAX - taken };
}

function addTensor(
  watched: Watched,
  { name }: TensorPlace,
  found: ReturnType<typeof tensorStreams>,
): void {
  // An empty batch tells nothing of what a tensor means.
  if (found !== 'empty') watched.set(name, found === 'none' ? undefined : found);
}
