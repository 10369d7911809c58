import type { Attributes } from '@opentelemetry/api';

import {
  ATTR_MODEL_FILE_NAME,
  ATTR_MODEL_FORMAT,
  ATTR_MODEL_ID,
  ATTR_MODEL_NAME,
  ATTR_MODEL_OPSET,
  ATTR_MODEL_PRODUCER,
  ATTR_MODEL_SIZE,
  ATTR_MODEL_SOURCE,
  ATTR_MODEL_VERSION,
  ATTR_OPERATION_NAME,
  ATTR_RUNTIME_GRAPH_OPTIMIZATION_LEVEL,
  ATTR_RUNTIME_INTER_OP_THREADS,
  ATTR_RUNTIME_INTRA_OP_THREADS,
  ATTR_RUNTIME_NAME,
  ATTR_RUNTIME_PROVIDERS,
  ATTR_RUNTIME_REGISTERED_PROVIDERS,
  ATTR_RUNTIME_VERSION,
  type AttributeRow,
} from '@telltale/core';

import type { CreateArguments } from '../model-file/create-arguments.ts';
import type { Identity } from '../model-file/identity.ts';
import { cleanName } from '../tensors.ts';
import type { ModelInfo } from '../types.ts';

export interface LoadFacts {
  readonly info: Pick<ModelInfo, 'name' | 'version' | 'providers'> & Partial<ModelInfo>;
  readonly identity: Identity;
  readonly args: CreateArguments;
  readonly registered?: readonly string[] | undefined;
}

/** Attributes of a `load` span. Facts that are not known are absent. */
export function loadAttributes({ info, identity, args, registered }: LoadFacts): Attributes {
  const attributes: Attributes = {
    [ATTR_OPERATION_NAME.name]: 'load',
    [ATTR_MODEL_NAME.name]: info.name,
    [ATTR_MODEL_VERSION.name]: info.version,
    [ATTR_MODEL_FORMAT.name]: 'onnx',
    [ATTR_RUNTIME_PROVIDERS.name]: [...info.providers],
  };
  const set = (row: AttributeRow, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') attributes[row.name] = value;
  };
  const { content } = identity;
  set(ATTR_MODEL_ID, content?.id);
  set(ATTR_MODEL_SIZE, content?.size);
  set(ATTR_MODEL_FILE_NAME, identity.fileName);
  set(ATTR_MODEL_OPSET, content?.header?.opset);
  set(ATTR_MODEL_PRODUCER, producerOf(identity));
  set(ATTR_RUNTIME_NAME, info.runtimeName);
  set(ATTR_RUNTIME_VERSION, info.runtimeVersion);
  if (args.source.path !== undefined) set(ATTR_MODEL_SOURCE, 'file');
  else if (args.source.bytes !== undefined) set(ATTR_MODEL_SOURCE, 'buffer');
  if (registered !== undefined)
    attributes[ATTR_RUNTIME_REGISTERED_PROVIDERS.name] = [...registered];
  set(ATTR_RUNTIME_GRAPH_OPTIMIZATION_LEVEL, textOption(args, 'graphOptimizationLevel'));
  set(ATTR_RUNTIME_INTRA_OP_THREADS, countOption(args, 'intraOpNumThreads'));
  set(ATTR_RUNTIME_INTER_OP_THREADS, countOption(args, 'interOpNumThreads'));
  return attributes;
}

/** Attributes of `ml.model.info`, whose value is always 1. */
export function infoAttributes(info: ModelInfo, identity: Identity): Attributes {
  const { content } = identity;
  const producer = producerOf(identity);
  return Object.freeze({
    [ATTR_MODEL_NAME.name]: info.name,
    [ATTR_MODEL_VERSION.name]: info.version,
    ...(content === undefined ? {} : { [ATTR_MODEL_ID.name]: content.id }),
    [ATTR_RUNTIME_NAME.name]: info.runtimeName,
    ...(info.runtimeVersion === undefined
      ? {}
      : { [ATTR_RUNTIME_VERSION.name]: info.runtimeVersion }),
    [ATTR_RUNTIME_PROVIDERS.name]: [...info.providers],
    ...(content?.header?.opset === undefined
      ? {}
      : { [ATTR_MODEL_OPSET.name]: content.header.opset }),
    ...(producer === undefined ? {} : { [ATTR_MODEL_PRODUCER.name]: producer }),
  });
}

function producerOf({ content }: Identity): string | undefined {
  if (content?.header === undefined) return undefined;
  const { producerName, producerVersion } = content.header;
  return cleanName(`${producerName} ${producerVersion}`.trim()) || undefined;
}

function textOption({ options }: CreateArguments, key: string): string | undefined {
  const value = options?.[key];
  return typeof value === 'string' ? cleanName(value) : undefined;
}

function countOption({ options }: CreateArguments, key: string): number | undefined {
  const value = options?.[key];
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}
