import type { AttributeRow } from '../rows.ts';

export const ATTR_OPERATION_NAME: AttributeRow = {
  name: 'ml.operation.name',
  type: 'string',
  description: 'What the span times',
  values: ['load', 'infer', 'operator', 'pipeline'],
  stability: 'development',
};

export const ATTR_MODEL_NAME: AttributeRow = {
  name: 'ml.model.name',
  type: 'string',
  description: 'Name of the model, at most 100 names a process, then `_OTHER`',
  stability: 'development',
};

export const ATTR_MODEL_VERSION: AttributeRow = {
  name: 'ml.model.version',
  type: 'string',
  description: 'Version of the model: configured, from its path, its header or its content hash',
  stability: 'development',
};

export const ATTR_MODEL_ID: AttributeRow = {
  name: 'ml.model.id',
  type: 'string',
  description: 'SHA-256 over the first MiB, the last MiB and the length of the model file',
  stability: 'development',
};

export const ATTR_MODEL_FORMAT: AttributeRow = {
  name: 'ml.model.format',
  type: 'string',
  description: 'File format of the model',
  values: ['onnx'],
  stability: 'development',
};

export const ATTR_MODEL_SIZE: AttributeRow = {
  name: 'ml.model.size',
  type: 'int',
  description: 'Size of the model file in bytes',
  stability: 'development',
};

export const ATTR_MODEL_SOURCE: AttributeRow = {
  name: 'ml.model.source',
  type: 'string',
  description: 'Where the model came from',
  values: ['file', 'buffer'],
  stability: 'development',
};

export const ATTR_MODEL_FILE_NAME: AttributeRow = {
  name: 'ml.model.file.name',
  type: 'string',
  description: 'Base name of the model file, never its folder',
  stability: 'development',
};

export const ATTR_MODEL_OPSET: AttributeRow = {
  name: 'ml.model.opset',
  type: 'int',
  description: 'Version of the default ONNX operator set',
  stability: 'development',
};

export const ATTR_MODEL_PRODUCER: AttributeRow = {
  name: 'ml.model.producer',
  type: 'string',
  description: 'Program that wrote the model',
  stability: 'development',
};

export const ATTR_MODEL_DTYPE: AttributeRow = {
  name: 'ml.model.dtype',
  type: 'string',
  description: 'Weight type as transformers.js names it',
  stability: 'development',
};

export const ATTR_RUNTIME_NAME: AttributeRow = {
  name: 'ml.runtime.name',
  type: 'string',
  description: 'Inference runtime',
  values: ['onnxruntime-node', 'onnxruntime-web'],
  stability: 'development',
};

export const ATTR_RUNTIME_VERSION: AttributeRow = {
  name: 'ml.runtime.version',
  type: 'string',
  description: 'Version of the inference runtime',
  stability: 'development',
};

export const ATTR_RUNTIME_PROVIDERS: AttributeRow = {
  name: 'ml.runtime.providers',
  type: 'string[]',
  description: 'Execution providers the application asked for, in order',
  stability: 'development',
};

export const ATTR_RUNTIME_REGISTERED_PROVIDERS: AttributeRow = {
  name: 'ml.runtime.registered_providers',
  type: 'string[]',
  description:
    'Execution providers the session was created with: those asked for that the build has',
  stability: 'development',
};

export const ATTR_RUNTIME_DEVICE: AttributeRow = {
  name: 'ml.runtime.device',
  type: 'string',
  description: 'Device as transformers.js names it',
  stability: 'development',
};

export const ATTR_RUNTIME_OPTIMIZATION_LEVEL: AttributeRow = {
  name: 'ml.runtime.graph_optimization_level',
  type: 'string',
  description: 'Graph optimization level the application asked for',
  stability: 'development',
};

export const ATTR_RUNTIME_INTRA_OP_THREADS: AttributeRow = {
  name: 'ml.runtime.intra_op_threads',
  type: 'int',
  description: 'Threads inside one operator, as asked for',
  stability: 'development',
};

export const ATTR_RUNTIME_INTER_OP_THREADS: AttributeRow = {
  name: 'ml.runtime.inter_op_threads',
  type: 'int',
  description: 'Threads across operators, as asked for',
  stability: 'development',
};

export const ATTR_UNLOAD_REASON: AttributeRow = {
  name: 'ml.unload.reason',
  type: 'string',
  description:
    'Released by the application, collected as garbage without a release, or a release that the runtime refused',
  values: ['released', 'collected', 'refused'],
  stability: 'development',
};

export const MODEL_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_OPERATION_NAME,
  ATTR_MODEL_NAME,
  ATTR_MODEL_VERSION,
  ATTR_MODEL_ID,
  ATTR_MODEL_FORMAT,
  ATTR_MODEL_SIZE,
  ATTR_MODEL_SOURCE,
  ATTR_MODEL_FILE_NAME,
  ATTR_MODEL_OPSET,
  ATTR_MODEL_PRODUCER,
  ATTR_MODEL_DTYPE,
  ATTR_RUNTIME_NAME,
  ATTR_RUNTIME_VERSION,
  ATTR_RUNTIME_PROVIDERS,
  ATTR_RUNTIME_REGISTERED_PROVIDERS,
  ATTR_RUNTIME_DEVICE,
  ATTR_RUNTIME_OPTIMIZATION_LEVEL,
  ATTR_RUNTIME_INTRA_OP_THREADS,
  ATTR_RUNTIME_INTER_OP_THREADS,
  ATTR_UNLOAD_REASON,
];
