import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../tidy/source-file.ts';
import { fillTables } from './readme.ts';
import { READMES } from './readmes.ts';
import { TABLES } from './tables.ts';

// `npm run docs`: makes the tables of every README anew from the registry and the option tables.
for (const path of READMES) {
  const before = readFileSync(join(ROOT, path), 'utf8');
  const after = fillTables(before, TABLES);
  if (after === before) continue;
  writeFileSync(join(ROOT, path), after);
  process.stdout.write(`${path}\n`);
}
