import type { ModelStatus, TensorInfo } from '@telltale/instrumentation-onnxruntime';

import { failure, json } from '../message.ts';
import type { Route } from '../router.ts';

const LIST = '/monitoring/models';

/** `GET /monitoring/models` and `/monitoring/models/{name}`: what is loaded, and what it is. */
export function modelRoutes(models: () => readonly ModelStatus[]): readonly Route[] {
  return [
    {
      method: 'GET',
      path: `${LIST}/*`,
      access: 'key',
      handle: ({ path }) => {
        if (path === LIST) return json(200, { models: models().map(identity) });
        const name = decoded(path.slice(LIST.length + 1));
        const found = models().filter((model) => model.name === name);
        if (found.length > 0) return json(200, { models: found.map(identity) });
        return failure(404, 'unknown_model', 'Cannot find a model of this name');
      },
    },
  ];
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function identity(model: ModelStatus): object {
  const { name, version, sessions, size, loadMemoryBytes, placement, info } = model;
  return {
    name,
    version,
    sessions,
    id: info?.id,
    file_name: info?.fileName,
    size_bytes: size,
    load_memory_bytes: loadMemoryBytes,
    runtime:
      info === undefined ? undefined : { name: info.runtimeName, version: info.runtimeVersion },
    providers: info?.providers,
    placement,
    inputs: info?.inputs.map(tensor),
    outputs: info?.outputs.map(tensor),
  };
}

const tensor = ({ name, type, dims }: TensorInfo): object => ({ name, type, dims });
