import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Programs that `sh tools/peers.sh` builds. */
export type PeerProgram =
  | 'percli'
  | 'vmalert'
  | 'victoria-metrics'
  | 'victoria-logs'
  | 'compose-spec';

/** The path of a program that others wrote, or one loud line that says which tests will not run. */
export function peerProgramOrWarn(program: PeerProgram, tests: string): string | undefined {
  const path = execFileSync('sh', [join(ROOT, 'tools/peers.sh'), '--path', program], {
    encoding: 'utf8',
  }).trim();
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    process.stderr.write(
      `SKIPPED: ${tests}: ${program} is not built; run "sh tools/peers.sh" (it needs Go)\n`,
    );
    return undefined;
  }
}
