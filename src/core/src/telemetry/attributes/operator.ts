import type { AttributeRow } from '../rows.ts';

export const ATTR_OPERATOR_NAME: AttributeRow = {
  name: 'ml.operator.name',
  type: 'string',
  description: 'ONNX operator type',
  stability: 'development',
};

export const ATTR_OPERATOR_NODE: AttributeRow = {
  name: 'ml.operator.node',
  type: 'string',
  description: 'Node of the graph, at most 64 characters',
  stability: 'development',
};

export const ATTR_OPERATOR_PROVIDER: AttributeRow = {
  name: 'ml.operator.provider',
  type: 'string',
  description: 'Execution provider that ran the operator',
  stability: 'development',
};

export const ATTR_OPERATOR_INDEX: AttributeRow = {
  name: 'ml.operator.index',
  type: 'int',
  description: 'Position of the node in the graph',
  stability: 'development',
};

export const ATTR_OPERATOR_OUTPUT: AttributeRow = {
  name: 'ml.operator.output',
  type: 'string',
  description: "Types and shapes of the operator's outputs",
  stability: 'development',
};

export const OPERATOR_ATTRIBUTES: readonly AttributeRow[] = [
  ATTR_OPERATOR_NAME,
  ATTR_OPERATOR_NODE,
  ATTR_OPERATOR_PROVIDER,
  ATTR_OPERATOR_INDEX,
  ATTR_OPERATOR_OUTPUT,
];
