import { globSync } from 'node:fs';

import { ROOT } from '../tidy/source-file.ts';

/** Every README that may hold generated tables. */
export const READMES: readonly string[] = globSync(
  ['README.md', '{src,instrumentations}/*/README.md', 'collector/README.md'],
  { cwd: ROOT },
).toSorted();
