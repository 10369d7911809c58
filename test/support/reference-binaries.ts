import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Programs that `npm run tools` builds. */
export type ReferenceProgram = 'prometheus' | 'promtool' | 'alertmanager' | 'amtool' | 'otelcol';

const ROOT = join(import.meta.dirname, '../..');
let folder: string | undefined;

/**
 * The path of a reference program; `undefined` when it is not built, which a test answers with
 * `describe.skipIf` after it said so with `warnMissing`.
 */
export function referenceBinary(program: ReferenceProgram): string | undefined {
  folder ??= execFileSync('sh', [join(ROOT, 'tools/build.sh'), '--directory'], {
    encoding: 'utf8',
  }).trim();
  const path = join(folder, program);
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

/** The path, or one loud line that says which tests will not run. */
export function referenceBinaryOrWarn(
  program: ReferenceProgram,
  tests: string,
): string | undefined {
  const path = referenceBinary(program);
  if (path === undefined) {
    process.stderr.write(
      `SKIPPED: ${tests}: ${program} is not built; run "npm run tools" (it needs Go)\n`,
    );
  }
  return path;
}
