import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Problem } from '@telltale/core';

import { reasonOf } from '../../diagnostics.ts';
import { loadYamlFile } from './load-yaml-file.ts';

/** OpenTelemetry's declarative configuration, read as far as it can be checked without an SDK. */
export type DeclaredFile =
  | { readonly content: Readonly<Record<string, unknown>> }
  | { readonly problem: Problem };

const PATH = 'OTEL_CONFIG_FILE';

/** Reads the file that `OTEL_CONFIG_FILE` names. Never throws. */
export function readDeclaredFile(file: string, folder: string): DeclaredFile {
  const path = resolve(folder, file);
  const problem = (message: string): DeclaredFile => ({ problem: { path: PATH, message } });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? reasonOf(cause);
    return problem(`Cannot read "${path}", so no OpenTelemetry SDK starts: ${code}`);
  }
  const parsed = loadYamlFile().parseYaml(text);
  if ('error' in parsed) return problem(`Cannot read "${path}" as YAML: ${parsed.error}`);
  const content = parsed.value;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return problem(`Cannot use "${path}": expected keys such as file_format, tracer_provider`);
  }
  if (!('file_format' in content)) {
    return problem(`Cannot use "${path}": expected the key file_format, such as "1.0"`);
  }
  return { content: content as Readonly<Record<string, unknown>> };
}
