import { cleanName } from '../tensors.ts';
import type { ModelMatch, ModelNameHook, ModelRule, TensorInfo } from '../types.ts';
import { type ByteSource, bufferSource, modelId, withFileSource } from './bytes.ts';
import { type ModelHeader, readModelHeader } from './header.ts';
import { baseName, type NamedVersion, nameFromPath } from './path-name.ts';

/** What is known of a model before its session exists. */
export interface ModelSource {
  /** As given to `create`. Never leaves the process; only its base name does. */
  readonly path?: string;
  readonly bytes?: Uint8Array;
  readonly logId?: string;
}

/** What the bytes of a model tell. */
export interface ModelContent {
  readonly id: string;
  readonly size: number;
  readonly header?: ModelHeader;
}

export interface Identity {
  readonly name: string;
  readonly version: string;
  readonly fileName: string | undefined;
  readonly content: ModelContent | undefined;
  readonly rule: ModelRule | undefined;
}

export interface IdentityOptions {
  readonly models?: readonly ModelRule[] | undefined;
  readonly modelName?: ModelNameHook | undefined;
  /** Told of an exception in `modelName`, which is dropped. */
  readonly onHookError?: (error: unknown) => void;
}

const UNKNOWN = 'unknown';
const NAME_ID_LENGTH = 12;
const VERSION_ID_LENGTH = 8;

/** Reads the id, size and header of a model: two or three pieces of the file, never the weights. */
export function readContent(source: ModelSource): ModelContent | undefined {
  if (source.bytes !== undefined) return contentOf(bufferSource(source.bytes));
  if (source.path === undefined) return undefined;
  return withFileSource(source.path, contentOf);
}

function contentOf(source: ByteSource): ModelContent {
  const header = readModelHeader(source);
  const content = { id: modelId(source), size: source.size };
  return header === undefined ? content : { ...content, header };
}

/**
 * Names a model. The first that answers wins: a rule of the configuration, the `modelName` hook,
 * the `logId` option, the path, the content. The version falls back to the model's own and then to
 * the first characters of its id.
 */
export function identify(
  source: ModelSource,
  facts: { readonly content?: ModelContent | undefined; readonly inputs: readonly TensorInfo[] },
  options: IdentityOptions,
): Identity {
  const { content, inputs } = facts;
  const fileName = source.path === undefined ? undefined : baseName(source.path);
  const found = fromHook(source, content, options) ?? fromSource(source, content);
  const rule = options.models?.find(({ match }) =>
    matches(match, { name: found.name, id: content?.id, fileName, inputs }),
  );
  const version = rule?.version ?? found.version ?? versionOf(content);
  return {
    name: cleanName(rule?.name ?? found.name) || UNKNOWN,
    version: cleanName(version) || UNKNOWN,
    fileName: fileName === undefined ? undefined : cleanName(fileName),
    content,
    rule,
  };
}

function fromHook(
  source: ModelSource,
  content: ModelContent | undefined,
  options: IdentityOptions,
): NamedVersion | undefined {
  if (options.modelName === undefined) return undefined;
  try {
    const named = options.modelName({
      path: source.path,
      logId: source.logId,
      id: content?.id,
      metadata: content?.header?.metadata ?? {},
    });
    return namedVersion(named);
  } catch (error) {
    options.onHookError?.(error);
    return undefined;
  }
}

/** What the hook of a user gave, which may be anything. */
function namedVersion(named: ReturnType<ModelNameHook>): NamedVersion | undefined {
  const answer = typeof named === 'string' ? { name: named } : named;
  return typeof answer?.name === 'string' && answer.name !== '' ? answer : undefined;
}

function fromSource(source: ModelSource, content: ModelContent | undefined): NamedVersion {
  if (source.logId !== undefined && source.logId !== '') return { name: source.logId };
  if (source.path !== undefined) return nameFromPath(source.path);
  if (content !== undefined) return { name: `onnx-${content.id.slice(0, NAME_ID_LENGTH)}` };
  return { name: UNKNOWN };
}

function versionOf(content: ModelContent | undefined): string {
  if (content === undefined) return UNKNOWN;
  const modelVersion = content.header?.modelVersion ?? 0;
  return modelVersion > 0 ? String(modelVersion) : content.id.slice(0, VERSION_ID_LENGTH);
}

interface Matchable {
  readonly name: string;
  readonly id: string | undefined;
  readonly fileName: string | undefined;
  readonly inputs: readonly TensorInfo[];
}

function matches(match: ModelMatch, model: Matchable): boolean {
  const wantedInputs = typeof match.input === 'string' ? [match.input] : (match.input ?? []);
  const tests: boolean[] = [];
  if (match.file !== undefined) tests.push(matchesGlob(match.file, model.fileName));
  if (match.name !== undefined) tests.push(matchesGlob(match.name, model.name));
  if (match.sha256 !== undefined) {
    tests.push(match.sha256 !== '' && model.id?.startsWith(match.sha256.toLowerCase()) === true);
  }
  for (const name of wantedInputs) tests.push(model.inputs.some((input) => input.name === name));
  return tests.length > 0 && tests.every(Boolean);
}

/** `*` stands for any characters, everything else for itself. Linear: no backtracking pattern. */
function matchesGlob(pattern: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  const [head = '', ...rest] = pattern.split('*');
  if (!text.startsWith(head)) return false;
  const tail = rest.pop();
  if (tail === undefined) return text === head;
  let position = head.length;
  for (const part of rest) {
    const index = text.indexOf(part, position);
    if (index === -1) return false;
    position = index + part.length;
  }
  return text.length - tail.length >= position && text.endsWith(tail);
}
