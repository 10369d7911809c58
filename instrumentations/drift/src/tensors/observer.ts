import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import type { StreamDirection } from '../types.ts';
import type { ObservedInference, ObservedModel, ObservedTensors } from './observed.ts';
import { type TensorPlace, type TensorStreams, tensorStreams } from './tensor-streams.ts';

/** Sees runs of models; shaped like the observers of the ONNX Runtime instrumentation. */
export interface DriftObserver {
  wants(model: ObservedModel): {
    readonly inputs: boolean;
    readonly outputs: boolean;
    /** A random part of the runs tells as much of a distribution as all of them. */
    readonly mayMissRuns: true;
  };
  onRun(model: ObservedModel, run: ObservedInference): void;
}

export interface DriftObserverOptions {
  /** Comparison outputs. Default `true`. */
  readonly outputs?: boolean;
  /** Comparison inputs: all of them, or those of these names. Default none. */
  readonly inputs?: boolean | readonly string[];
  /**
   * Comparison the margin and the entropy of class probabilities too, of up to 128 classes. Default
   * `false`: two streams more leave fewer rows of a run for each.
   */
  readonly derived?: boolean;
  /** Names of the columns of a tensor, by `tensor` or `model/tensor`. Default their numbers. */
  readonly columnNames?: Readonly<Record<string, readonly string[]>>;
}

/** Tensors of one model that are watched; the rest is ignored. */
const TENSORS_MAX = 64;
/** Columns of all inputs of one model. */
const INPUT_COLUMNS_MAX = 64;

/** Rows of a run that are taken at most. */
const ROWS_MAX = 64;
/** Values of a run that are taken at most, at less than a microsecond each. */
const VALUES_MAX = 128;

type Watched = Map<string, TensorStreams | undefined>;

/** The tensors of one model that are watched. */
interface Model {
  readonly input: Watched;
  readonly output: Watched;
  /** Streams that a row of every tensor feeds. */
  streams: number;
  runs: number;
}

/**
 * Feeds what models take and give into a monitor. What an output means is decided by its first
 * values and stays: probabilities become score, confidence and class, a number in [0, 1] a score,
 * other floats numeric columns, integers and strings categories. About 128 values of a run are taken.
 */
export function createDriftObserver(
  monitor: DriftMonitor,
  options: DriftObserverOptions = {},
): DriftObserver {
  const { outputs = true, inputs = false, derived = false } = options;
  const models = new WeakMap<ObservedModel, Model>();
  const isWanted = (name: string): boolean =>
    inputs === true || (Array.isArray(inputs) && inputs.includes(name));

  const modelOf = (model: ObservedModel): Model => {
    const known = models.get(model);
    if (known !== undefined) return known;
    const made: Model = { input: new Map(), output: new Map(), streams: 0, runs: 0 };
    models.set(model, made);
    return made;
  };

  const feed = (model: ObservedModel, direction: StreamDirection, tensors: ObservedTensors) => {
    const known = modelOf(model);
    const watched = known[direction];
    for (const [name, tensor] of Object.entries(tensors)) {
      if (tensor === undefined || (direction === 'input' && !isWanted(name))) continue;
      if (!watched.has(name)) {
        const columns = columnsOf(
          options,
          { model, name },
          direction === 'input' ? watched : undefined,
        );
        const place = { model, name, direction, columns, derived };
        if (watched.size < TENSORS_MAX)
          addTensor(known, place, tensorStreams(monitor, place, tensor));
      }
      const share = Math.floor(VALUES_MAX / Math.max(1, known.streams));
      const rowsMax = Math.max(1, Math.min(ROWS_MAX, share));
      watched.get(name)?.observe(tensor, { rowsMax, batch: known.runs });
    }
  };

  return {
    wants: () => ({
      inputs: inputs === true || (Array.isArray(inputs) && inputs.length > 0),
      outputs,
      mayMissRuns: true,
    }),
    onRun: (model, { feeds, results }) => {
      const known = modelOf(model);
      known.runs += 1;
      // A wide model is looked at in every second run, or third.
      if (known.runs % Math.max(1, Math.ceil(known.streams / VALUES_MAX)) !== 0) return;
      if (feeds !== undefined) feed(model, 'input', feeds);
      if (results !== undefined && outputs) feed(model, 'output', results);
    },
  };
}

/** All inputs of a model share one limit of columns; outputs have one each. */
function columnsOf(
  { columnNames = {} }: DriftObserverOptions,
  { model, name }: Pick<TensorPlace, 'model' | 'name'>,
  inputs: Watched | undefined,
): TensorPlace['columns'] {
  const names = columnNames[`${model.name}/${name}`] ?? columnNames[name] ?? [];
  if (inputs === undefined) return { names, max: undefined };
  const taken = [...inputs.values()].reduce((sum, one) => sum + (one?.columns ?? 0), 0);
  return { names, max: INPUT_COLUMNS_MAX - taken };
}

function addTensor(
  known: Model,
  { name, direction }: TensorPlace,
  found: ReturnType<typeof tensorStreams>,
): void {
  // An empty batch tells nothing of what a tensor means.
  if (found === 'empty') return;
  known[direction].set(name, found === 'none' ? undefined : found);
  if (found !== 'none') known.streams += found.streams;
}
