import { globSync } from 'node:fs';

import { ROOT } from '../tidy/source-file.ts';

/** Every README and page that may hold generated tables. */
export const READMES: readonly string[] = globSync(
  [
    'README.md',
    '{src,instrumentations}/*/README.md',
    'collector/README.md',
    'deploy/helm/*/README.md',
    'docs/**/*.md',
    'deploy/scale.md',
  ],
  { cwd: ROOT },
).toSorted();
