// `npm run smoke:docker`: asks the Grafana of a running Compose stack whether it takes every
// dashboard and runs every query. It needs an engine, which the tests of this repository do not have.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readDashboards } from '../local/panels/verdict.ts';
import { type Grafana, smokeDashboard } from './grafana.ts';

const ROOT = join(import.meta.dirname, '../..');
const secrets = process.env['TELLTALE_SECRETS'] ?? join(ROOT, '.telltale/secrets');

try {
  const grafana: Grafana = {
    url: process.env['GRAFANA_URL'] ?? 'http://127.0.0.1:3000',
    user: 'admin',
    password: readPassword(join(secrets, 'grafana_admin_password')),
  };
  await fetch(`${grafana.url}/api/health`).catch(() => {
    throw new Error(`Cannot reach Grafana at ${grafana.url}: start the stack with ./setup first`);
  });
  for (const dashboard of readDashboards()) {
    const { uid, queries, problems } = await smokeDashboard(grafana, dashboard);
    process.stdout.write(`${uid}: ${queries} queries, ${problems.length} problems\n`);
    for (const problem of problems) process.stdout.write(`  ${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function readPassword(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new Error(
      `Cannot read Grafana's password in ${path}: start the stack with ./setup first`,
    );
  }
}
