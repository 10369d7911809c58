import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { ReleaseManifest } from './problems.ts';

/**
 * Packs every package that users install; returns the names of the files. The packages must have
 * been built.
 */
export function packAll(root: string, destination: string): readonly string[] {
  const folders = globSync('{src,instrumentations}/*/package.json', { cwd: root })
    .filter((path) => {
      const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as ReleaseManifest;
      return manifest.private !== true;
    })
    .map((path) => dirname(path));
  return folders.toSorted().map((folder) => {
    const flags = ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination];
    const output = execFileSync('npm', flags, { cwd: join(root, folder), encoding: 'utf8' });
    return output.trim().split('\n').at(-1) ?? '';
  });
}
