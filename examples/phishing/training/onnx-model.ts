import { endianness } from 'node:os';
import { fileURLToPath } from 'node:url';

import protobuf from 'protobufjs';

import { CLASS_COUNT, HIDDEN_UNITS, type Network } from './network.ts';

const IR_VERSION = 8;
const OPSET_VERSION = 13;
const FLOAT = 1;
const INT64 = 7;
const ATTRIBUTE_INT = 2;

/** Names a reader of the model file sees; `metadata` becomes its `metadata_props`. */
export interface ModelDescription {
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes the network as an ONNX model.
 *
 * Input `features` is float32 `[batch, inputCount]`; outputs are `label` (int64 `[batch]`) and
 * `probabilities` (float32 `[batch, 2]`). The bytes depend on the arguments only.
 */
export function encodeOnnxModel(network: Network, description: ModelDescription): Uint8Array {
  const root = protobuf.loadSync(fileURLToPath(new URL('onnx.proto', import.meta.url)));
  const type = root.lookupType('onnx.ModelProto');
  return type.encode(type.fromObject(modelObject(network, description))).finish();
}

function modelObject(network: Network, description: ModelDescription): Record<string, unknown> {
  return {
    irVersion: IR_VERSION,
    producerName: 'telltale-example-phishing',
    producerVersion: '1',
    modelVersion: description.version,
    docString: description.summary,
    graph: {
      name: description.name,
      docString: description.summary,
      node: nodes(),
      initializer: initializers(network),
      input: [value('features', FLOAT, ['batch', network.inputCount])],
      output: [
        value('label', INT64, ['batch']),
        value('probabilities', FLOAT, ['batch', CLASS_COUNT]),
      ],
    },
    opsetImport: [{ domain: '', version: OPSET_VERSION }],
    metadataProps: Object.entries(description.metadata).map(([key, text]) => ({
      key,
      value: text,
    })),
  };
}

function nodes(): object[] {
  return [
    node('Gemm', ['features', 'hidden_weights', 'hidden_bias'], 'hidden_sum'),
    node('Relu', ['hidden_sum'], 'hidden'),
    node('Gemm', ['hidden', 'output_weights', 'output_bias'], 'logits'),
    { ...node('Softmax', ['logits'], 'probabilities'), attribute: [integer('axis', 1)] },
    {
      ...node('ArgMax', ['probabilities'], 'label'),
      attribute: [integer('axis', 1), integer('keepdims', 0)],
    },
  ];
}

function initializers(network: Network): object[] {
  return [
    tensor('hidden_weights', [network.inputCount, HIDDEN_UNITS], network.hiddenWeights),
    tensor('hidden_bias', [HIDDEN_UNITS], network.hiddenBias),
    tensor('output_weights', [HIDDEN_UNITS, CLASS_COUNT], network.outputWeights),
    tensor('output_bias', [CLASS_COUNT], network.outputBias),
  ];
}

function node(opType: string, input: readonly string[], output: string): object {
  return { name: `${opType.toLowerCase()}_${output}`, opType, input, output: [output] };
}

function integer(name: string, i: number): object {
  return { name, type: ATTRIBUTE_INT, i };
}

function tensor(name: string, dims: readonly number[], values: Float64Array): object {
  const bytes = Buffer.from(Float32Array.from(values).buffer);
  // The format is little-endian on every machine.
  if (endianness() === 'BE') bytes.swap32();
  return { name, dims, dataType: FLOAT, rawData: bytes };
}

function value(name: string, elemType: number, dims: readonly (string | number)[]): object {
  const dim = dims.map((size) =>
    typeof size === 'string' ? { dimParam: size } : { dimValue: size },
  );
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
