import { encodeModel } from './onnx-schema.ts';

/** Element types of the ONNX specification. */
const ELEMENT = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

type Element = keyof typeof ELEMENT;

/** A fixed size, or the name of a symbolic one. */
export type Dimension = number | string;

export interface ValueShape {
  readonly name: string;
  readonly element: Element;
  readonly dims: readonly Dimension[];
}

export interface AttributeSpec {
  readonly name: string;
  readonly value: number | bigint | readonly number[] | readonly bigint[] | string;
}

export interface NodeSpec {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: readonly AttributeSpec[];
}

export interface ConstantSpec {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: readonly number[] | readonly bigint[] | readonly string[];
}

export interface ModelSpec {
  readonly name: string;
  readonly inputs: readonly ValueShape[];
  readonly outputs: readonly ValueShape[];
  readonly nodes: readonly NodeSpec[];
  readonly constants?: readonly ConstantSpec[];
  readonly irVersion?: number;
  readonly opset?: number;
  /** Version of the `ai.onnx.ml` operator set, when the model uses it. */
  readonly mlOpset?: number;
  readonly producer?: readonly [name: string, version: string];
  readonly domain?: string;
  readonly modelVersion?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** ONNX bytes of a small model. */
export function buildModel(spec: ModelSpec): Uint8Array {
  const [producerName, producerVersion] = spec.producer ?? ['test-gen', '1'];
  const opsets = [{ domain: '', version: spec.opset ?? 13 }];
  if (spec.mlOpset !== undefined) opsets.push({ domain: 'ai.onnx.ml', version: spec.mlOpset });
  return encodeModel({
    ir_version: spec.irVersion ?? 8,
    producer_name: producerName,
    producer_version: producerVersion,
    domain: spec.domain ?? 'ex',
    ...(spec.modelVersion === undefined ? {} : { model_version: spec.modelVersion }),
    opset_import: opsets,
    metadata_props: Object.entries(spec.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: spec.name,
      node: spec.nodes.map(encodeNode),
      initializer: (spec.constants ?? []).map(encodeConstant),
      input: spec.inputs.map(encodeValue),
      output: spec.outputs.map(encodeValue),
    },
  });
}

function encodeNode(node: NodeSpec): Record<string, unknown> {
  return {
    input: [...node.inputs],
    output: [...node.outputs],
    ...(node.name === undefined ? {} : { name: node.name }),
    op_type: node.type,
    attribute: (node.attributes ?? []).map(encodeAttribute),
    ...(node.domain === undefined ? {} : { domain: node.domain }),
  };
}

/** `type` is 1 float, 2 int, 3 string, 6 floats, 7 ints, 8 strings; bigint means an ONNX int. */
function encodeAttribute({ name, value }: AttributeSpec): Record<string, unknown> {
  if (typeof value === 'bigint') return { name, i: Number(value), type: 2 };
  if (typeof value === 'number') return { name, f: value, type: 1 };
  if (typeof value === 'string') return { name, s: Buffer.from(value), type: 3 };
  if (typeof value[0] === 'bigint') return { name, ints: value.map(Number), type: 7 };
  return { name, floats: value.map(Number), type: 6 };
}

function encodeConstant({ name, dims, values }: ConstantSpec): Record<string, unknown> {
  const head = { name, dims: [...dims] };
  const [first] = values;
  if (typeof first === 'bigint') {
    return { ...head, data_type: ELEMENT.int64, int64_data: values.map(Number) };
  }
  if (typeof first === 'string') {
    const string_data = values.map((value) => Buffer.from(String(value)));
    return { ...head, data_type: ELEMENT.string, string_data };
  }
  return { ...head, data_type: ELEMENT.float32, float_data: [...values] };
}

function encodeValue({ name, element, dims }: ValueShape): Record<string, unknown> {
  const dim = dims.map((size) =>
    typeof size === 'string' ? { dim_param: size } : { dim_value: size },
  );
  return { name, type: { tensor_type: { elem_type: ELEMENT[element], shape: { dim } } } };
}

const IRIS_WEIGHTS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, -0.1, -0.2, -0.3, 0.7, 0.1, -0.5];
const IRIS_BIAS = [0, 0.1, -0.1];

/** features [batch,4] -> probabilities [batch,3]. 313 bytes, the same ones on every machine. */
export function irisModel(): Uint8Array {
  return buildModel({
    name: 'iris',
    modelVersion: 3,
    metadata: { model_name: 'iris-linear' },
    inputs: [{ name: 'features', element: 'float32', dims: ['batch', 4] }],
    outputs: [{ name: 'probabilities', element: 'float32', dims: ['batch', 3] }],
    nodes: [
      { name: 'gemm', type: 'Gemm', inputs: ['features', 'W', 'b'], outputs: ['logits'] },
      {
        name: 'softmax',
        type: 'Softmax',
        inputs: ['logits'],
        outputs: ['probabilities'],
        attributes: [{ name: 'axis', value: 1n }],
      },
    ],
    constants: [
      { name: 'W', dims: [4, 3], values: IRIS_WEIGHTS },
      { name: 'b', dims: [3], values: IRIS_BIAS },
    ],
  });
}

/** One operator over one float input `x` and output `y`, both with a symbolic batch. */
function oneNode(type: string, extra: Partial<ModelSpec> = {}): Uint8Array {
  return buildModel({
    name: type.toLowerCase(),
    inputs: [{ name: 'x', element: 'float32', dims: ['n'] }],
    outputs: [{ name: 'y', element: 'float32', dims: ['m'] }],
    nodes: [{ type, name: `${type.toLowerCase()}_0`, inputs: ['x'], outputs: ['y'] }],
    ...extra,
  });
}

/** Natural logarithm: zeros become -Infinity, negatives NaN. */
export const logModel = (): Uint8Array => oneNode('Log');

/** Asks an operator set that does not exist. */
export const opset99Model = (): Uint8Array => oneNode('Log', { opset: 99 });

export const ir99Model = (): Uint8Array => oneNode('Log', { irVersion: 99 });

export const unknownOperatorModel = (): Uint8Array => oneNode('NoSuchOp');

/** x [n] -> y: reshaped to [2,3], which fails for any n but 6. */
export function reshapeModel(): Uint8Array {
  return oneNode('Reshape', {
    outputs: [{ name: 'y', element: 'float32', dims: ['a', 'b'] }],
    nodes: [{ type: 'Reshape', name: 'reshape_0', inputs: ['x', 'shape'], outputs: ['y'] }],
    constants: [{ name: 'shape', dims: [2], values: [2n, 3n] }],
  });
}

/** x [4] -> y [2^40,4]: more memory than any machine has. */
export function expandModel(): Uint8Array {
  return oneNode('Expand', {
    inputs: [{ name: 'x', element: 'float32', dims: [4] }],
    outputs: [{ name: 'y', element: 'float32', dims: ['a', 'b'] }],
    nodes: [{ type: 'Expand', name: 'expand_0', inputs: ['x', 'shape'], outputs: ['y'] }],
    constants: [{ name: 'shape', dims: [2], values: [2n ** 40n, 4n] }],
  });
}

/** x [batch,size] through `layers` chained matrix products: a run that takes real time. */
export function matMulChainModel(layers: number, size: number): Uint8Array {
  const name = (layer: number): string => (layer === 0 ? 'x' : `h${layer}`);
  const weights = Array.from({ length: size * size }, (_, i) => ((i * 31) % 7) / (7 * size));
  return buildModel({
    name: 'chain',
    inputs: [{ name: 'x', element: 'float32', dims: ['batch', size] }],
    outputs: [{ name: name(layers), element: 'float32', dims: ['batch', size] }],
    nodes: Array.from({ length: layers }, (_, layer) => ({
      type: 'MatMul',
      name: `matmul_${layer}`,
      inputs: [name(layer), 'w'],
      outputs: [name(layer + 1)],
    })),
    constants: [{ name: 'w', dims: [size, size], values: weights }],
  });
}

/**
 * A linear classifier as sklearn-onnx writes it: x [n,2] -> label int64 [n] (or strings) and
 * probabilities float [n,2] without the ZipMap.
 */
export function classifierModel(labels: readonly string[] | readonly bigint[]): Uint8Array {
  const isText = typeof labels[0] === 'string';
  return buildModel({
    name: 'classifier',
    producer: ['skl2onnx', '1.18.0'],
    domain: 'ai.onnx',
    mlOpset: 3,
    inputs: [{ name: 'x', element: 'float32', dims: ['n', 2] }],
    outputs: [
      { name: 'label', element: isText ? 'string' : 'int64', dims: ['n'] },
      { name: 'probabilities', element: 'float32', dims: ['n', 2] },
    ],
    nodes: [
      { type: 'MatMul', name: 'project', inputs: ['x', 'w'], outputs: ['logits'] },
      {
        type: 'Softmax',
        name: 'softmax',
        inputs: ['logits'],
        outputs: ['probabilities'],
        attributes: [{ name: 'axis', value: 1n }],
      },
      {
        type: 'ArgMax',
        name: 'argmax',
        inputs: ['probabilities'],
        outputs: ['index'],
        attributes: [
          { name: 'axis', value: 1n },
          { name: 'keepdims', value: 0n },
        ],
      },
      { type: 'Gather', name: 'name', inputs: ['labels', 'index'], outputs: ['label'] },
    ],
    constants: [
      { name: 'w', dims: [2, 2], values: [1, -1, -1, 1] },
      { name: 'labels', dims: [2], values: labels },
    ],
  });
}

/** x [n,2] -> `variable` [n,1]: a regressor, whose output is no prediction of a class. */
export function regressorModel(): Uint8Array {
  return buildModel({
    name: 'regressor',
    inputs: [{ name: 'x', element: 'float32', dims: ['n', 2] }],
    outputs: [{ name: 'variable', element: 'float32', dims: ['n', 1] }],
    nodes: [{ type: 'MatMul', name: 'project', inputs: ['x', 'w'], outputs: ['variable'] }],
    constants: [{ name: 'w', dims: [2, 1], values: [0.25, 0.5] }],
  });
}

/** Hands each input through: any element types, for tests of tensors. */
export function identityModel(values: readonly ValueShape[]): Uint8Array {
  return buildModel({
    name: 'identity',
    inputs: values,
    outputs: values.map((value) => ({ ...value, name: `${value.name}_out` })),
    nodes: values.map(({ name }) => ({
      type: 'Identity',
      name: `identity_${name}`,
      inputs: [name],
      outputs: [`${name}_out`],
    })),
  });
}
