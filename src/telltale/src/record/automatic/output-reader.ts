import type { ModelInfo, OutputMapping, TensorInfo } from '@telltale/instrumentation-onnxruntime';

/** How the rows of a result become predictions. */
export interface OutputReader extends OutputMapping {
  /** Only rows that are a distribution count: the kind was guessed, not configured. */
  readonly isGuess: boolean;
}

const CLASSES_MIN = 2;
const CLASSES_MAX = 1_000;
const LABEL_OUTPUT = /^(?:output_)?label$/iu;
const PROBABILITY_OUTPUT = /^(?:output_)?(?:class_)?prob(?:s|a|ability|abilities)?$|softmax/iu;

/**
 * How predictions are read from a model: by its rule, or recognized from the names and shapes of
 * its outputs. Conservative: a model that is not surely a classifier has no predictions.
 */
export function outputReaderOf(model: ModelInfo): OutputReader | undefined {
  const configured = model.rule?.output;
  if (configured === false) return undefined;
  if (configured !== undefined) return { ...configured, isGuess: false };
  return recognize(model.outputs);
}

/**
 * Recognizes `label` + `probabilities`, as sklearn-onnx writes classifiers, and a single
 * probability output of rank 2 with a fixed number of classes.
 */
function recognize(outputs: readonly TensorInfo[]): OutputReader | undefined {
  const probabilities = outputs.filter(isProbabilities);
  const [only] = probabilities;
  if (only === undefined || probabilities.length > 1) return undefined;
  const label = outputs.find(isLabels);
  if (label !== undefined) {
    return { tensor: label.name, kind: 'class', score: only.name, isGuess: true };
  }
  return outputs.length === 1
    ? { tensor: only.name, kind: 'probabilities', isGuess: true }
    : undefined;
}

function isProbabilities({ name, type, dims }: TensorInfo): boolean {
  const classes = dims?.at(-1);
  const isFloat = type === 'float32' || type === 'float64';
  const hasClasses =
    typeof classes === 'number' && classes >= CLASSES_MIN && classes <= CLASSES_MAX;
  return isFloat && dims?.length === 2 && hasClasses && PROBABILITY_OUTPUT.test(name);
}

function isLabels({ name, type, dims }: TensorInfo): boolean {
  const isDiscrete = type === 'int64' || type === 'string';
  return isDiscrete && dims?.length === 1 && LABEL_OUTPUT.test(name);
}
