/** A name, and the version when the path tells it. */
export interface NamedVersion {
  readonly name: string;
  readonly version?: string;
}

const HUB_FOLDER = /^models--(.+)$/u;
const VERSION_SUFFIX = /^(?<name>.+?)(?:[-_]v(?<v>\d+(?:\.\d+)*)|@(?<at>\d[\w.+-]*))$/iu;
const EXTENSION = /\.(?:onnx|ort)$/iu;
const REVISION_LENGTH = 8;

/** Folders that hold models and name none. */
const CONTAINERS = new Set([
  '',
  '.',
  '..',
  'models',
  'model',
  'cache',
  '.cache',
  'tmp',
  'assets',
  'data',
  'weights',
  'dist',
]);

/** Last part of a Unix or Windows path. */
export function baseName(path: string): string {
  return path.split(/[\\/]/u).at(-1) ?? path;
}

/**
 * The name that a path gives a model, in this order: the Hugging Face hub cache, the cache of
 * transformers.js, a serving repository (`name/3/model.onnx`), the parent folder of a file named
 * `model…`, the file name without its extension and version suffix.
 */
export function nameFromPath(path: string): NamedVersion {
  const parts = path.split(/[\\/]/u);
  return (
    fromHubCache(parts) ??
    fromTransformersCache(parts) ??
    fromServingLayout(parts) ??
    fromFile(parts)
  );
}

function fromHubCache(parts: readonly string[]): NamedVersion | undefined {
  const index = parts.findIndex((part) => HUB_FOLDER.test(part));
  const repository = HUB_FOLDER.exec(parts[index] ?? '')?.[1];
  if (repository === undefined || parts[index + 1] !== 'snapshots') return undefined;
  const name = repository.replace('--', '/');
  const revision = parts[index + 2];
  return revision === undefined ? { name } : { name, version: revision.slice(0, REVISION_LENGTH) };
}

/** `<cache>/<organisation>/<name>/onnx/model_quantized.onnx` */
function fromTransformersCache(parts: readonly string[]): NamedVersion | undefined {
  const [organisation = '', name = '', folder] = parts.slice(-4, -1);
  if (folder !== 'onnx' || CONTAINERS.has(name) || !EXTENSION.test(parts.at(-1) ?? '')) {
    return undefined;
  }
  return { name: CONTAINERS.has(organisation) ? name : `${organisation}/${name}` };
}

function fromServingLayout(parts: readonly string[]): NamedVersion | undefined {
  const [name = '', version = ''] = parts.slice(-3, -1);
  const isServing = /^\d+$/u.test(version) && /^model\.(?:onnx|ort)$/iu.test(parts.at(-1) ?? '');
  return isServing && name !== '' ? { name, version } : undefined;
}

function fromFile(parts: readonly string[]): NamedVersion {
  const stem = (parts.at(-1) ?? '').replace(EXTENSION, '');
  const parent = parts.at(-2) ?? '';
  const isGeneric = /^model(?:$|[^a-z])/iu.test(stem) && !CONTAINERS.has(parent);
  return splitVersion(isGeneric ? parent : stem);
}

function splitVersion(text: string): NamedVersion {
  const groups = VERSION_SUFFIX.exec(text)?.groups;
  const version = groups?.['v'] ?? groups?.['at'];
  if (groups === undefined || version === undefined) return { name: text };
  return { name: groups['name'] ?? text, version };
}
