/**
 * Makes what a package publishes from what `tsc -b` built: CommonJS files with everything inside
 * that a user would otherwise have to install, their declarations, and the licences of what is in
 * them. Runs in the folder of the package, as its `build:cjs`.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundle } from './bundle.ts';
import { SOURCE_MAP, writeDeclarations } from './declarations.ts';
import { licencesOf } from './licences.ts';
import { copiedFiles, type Manifest, sourceEntries } from './manifest.ts';

const folder = process.cwd();
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
const output = join(folder, 'dist/cjs');
const entries = sourceEntries(manifest);

rmSync(output, { recursive: true, force: true });
const modules = await bundle({ folder, manifest, entries, output });
writeDeclarations({ folder, entries, output });
for (const [from, to] of copiedFiles(manifest)) {
  const text = readFileSync(join(folder, 'dist/esm', from), 'utf8');
  writeFileSync(join(output, to), text.replace(SOURCE_MAP, '\n'));
}
// The nearest `package.json` decides what a file is and what its `#names` are.
const imports = Object.fromEntries(
  Object.keys(manifest.imports ?? {}).map((name) => [name, `./${name.slice(1)}.js`]),
);
const nested = { type: 'commonjs', ...(Object.keys(imports).length === 0 ? {} : { imports }) };
writeFileSync(join(output, 'package.json'), `${JSON.stringify(nested)}\n`);
writeFileSync(join(folder, 'dist/THIRD-PARTY-LICENSES.txt'), licencesOf(modules));
