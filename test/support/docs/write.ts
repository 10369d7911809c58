import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { constantFiles } from '../../../telemetry/generate/constants.ts';
import { GENERATED_FOLDER, loadRegistry } from '../../../telemetry/generate/registry-folder.ts';
import { ROOT } from '../tidy/source-file.ts';
import { fillTables } from './readme.ts';
import { READMES } from './readmes.ts';

// `npm run docs`: makes the constants of the registry and the tables of every README from the
// registry and the option tables.
mkdirSync(GENERATED_FOLDER, { recursive: true });
for (const [name, text] of Object.entries(constantFiles(loadRegistry()))) {
  writeFileSync(join(GENERATED_FOLDER, name), text);
}

// Loaded only now: the tables import the constants that were just written.
const { TABLES } = await import('./tables.ts');
for (const path of READMES) {
  const before = readFileSync(join(ROOT, path), 'utf8');
  const after = fillTables(before, TABLES);
  if (after === before) continue;
  writeFileSync(join(ROOT, path), after);
  process.stdout.write(`${path}\n`);
}
