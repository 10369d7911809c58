import { createRequire } from 'node:module';

/** The reader of YAML is a fifth of our code: only processes with a file of settings load it. */
export function loadYamlFile(): typeof import('./yaml-file.ts') {
  const load = createRequire(import.meta.url);
  return load('#yaml-file') as typeof import('./yaml-file.ts');
}
