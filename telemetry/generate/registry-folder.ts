import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readRegistry } from './read-registry.ts';
import type { Registry } from './registry.ts';

const MANIFEST = 'manifest.yaml';

const REGISTRY_FOLDER: string = join(import.meta.dirname, '../registry');
export const GENERATED_FOLDER: string = join(
  import.meta.dirname,
  '../../src/core/src/telemetry/generated',
);

/** Reads every file of `telemetry/registry`, in the order of their names. */
export function loadRegistry(): Registry {
  const read = (name: string) => ({
    name,
    text: readFileSync(join(REGISTRY_FOLDER, name), 'utf8'),
  });
  const names = readdirSync(REGISTRY_FOLDER).filter((name) => name.endsWith('.yaml'));
  return readRegistry(
    read(MANIFEST),
    names
      .filter((name) => name !== MANIFEST)
      .toSorted()
      .map(read),
  );
}
