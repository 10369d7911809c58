// The second half of `npm run test:containers`, in a network of its own: runs the images and checks.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkAlertService } from './alert-service.ts';
import { NODE_IMAGE } from './base-images.ts';
import { Checks } from './checks.ts';
import { workingRuntime } from './engine.ts';
import { CHECK_COUNT } from './names.ts';
import { checkOperatorImage } from './operator-image.ts';

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const runtime = workingRuntime(NODE_IMAGE);
if (runtime === undefined) {
  process.stderr.write(
    `SKIPPED: ${CHECK_COUNT} checks of containers: neither runc nor crun can start one here\n`,
  );
} else {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-containers-'));
  chmodSync(folder, 0o755);
  const checks = new Checks();
  try {
    await checkAlertService(checks, { folder, runtime });
    await checkOperatorImage(checks, { folder, runtime });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${checks.passed} good, ${checks.failed} wrong (runtime ${runtime.join(' ')})`);
  process.exitCode = checks.failed === 0 && checks.passed === CHECK_COUNT ? 0 : 1;
}
