/** `npm run pack`: writes the packages that users install to `packs/`. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { packAll } from './release/pack-all.ts';

const root = join(import.meta.dirname, '..');
const packs = join(root, 'packs');
rmSync(packs, { recursive: true, force: true });
mkdirSync(packs);
for (const file of packAll(root, packs)) process.stdout.write(`packs/${file}\n`);
