import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { dashboardFiles } from './files.ts';

// `npm run dashboards`: writes every dashboard and removes those that no board stands behind.
const FOLDER = join(import.meta.dirname, '../dashboards');
const files = dashboardFiles();
mkdirSync(FOLDER, { recursive: true });
for (const name of readdirSync(FOLDER)) {
  if (!(name in files)) rmSync(join(FOLDER, name));
}
for (const [name, text] of Object.entries(files)) writeFileSync(join(FOLDER, name), text);
process.stdout.write(`${Object.keys(files).length} dashboards in grafana/dashboards\n`);
