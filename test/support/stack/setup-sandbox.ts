import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ROOT } from '../tidy/source-file.ts';

/** What `setup` calls besides what it checks for. */
const COMMANDS =
  'sh awk cat chmod cut date dirname grep head mkdir mv nohup od ps rm sed sha256sum sleep sort stat tail tr'.split(
    ' ',
  );

/** Takes Docker's place: `state` holds a line for each container, `up` says how starting goes. */
const DOCKER = `
state="$SANDBOX/state"
echo "$*" >>"$SANDBOX/calls"
case "$1 $2 $3" in
  'info  ') [ ! -e "$SANDBOX/no-engine" ] || exit 1; exit 0 ;;
  'compose version '*) [ ! -e "$SANDBOX/no-compose" ] || exit 1; cat "$SANDBOX/version"; exit 0 ;;
esac
# compose --env-file FILE COMMAND
case "$4" in
  ps) [ ! -e "$state" ] || cat "$state" ;;
  up)
    cat "$SANDBOX/up-says" 2>/dev/null
    [ ! -e "$SANDBOX/up-fails" ] || { printf 'prometheus created \\n' >"$state"; exit 1; }
    cp "$SANDBOX/after-up" "$state" ;;
  down) rm -f "$state" ;;
esac
`;

export const HEALTHY = `init-volumes exited 
telltale-collector running healthy
otel-collector running 
grafana running healthy
`;

/** A copy of `setup` in a folder of its own, where only chosen programs are on PATH. */
export class SetupSandbox {
  readonly root: string = mkdtempSync(join(tmpdir(), 'telltale-setup-'));
  readonly secrets: string = join(this.root, '.telltale/secrets');

  constructor() {
    for (const folder of ['bin', 'deploy']) mkdirSync(join(this.root, folder));
    cpSync(join(ROOT, 'tools'), join(this.root, 'tools'), { recursive: true });
    for (const file of ['setup', 'deploy/versions.env']) {
      copyFileSync(join(ROOT, file), join(this.root, file));
    }
    for (const command of [...COMMANDS, 'cp']) {
      const found = spawnSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' });
      if (found.status === 0) symlinkSync(found.stdout.trim(), join(this.root, 'bin', command));
    }
    this.write('version', '2.29.1');
    this.write('after-up', HEALTHY);
    this.install('ss', 'cat "$SANDBOX/listening" 2>/dev/null || true');
    this.install('curl', '[ ! -e "$SANDBOX/otelcol-down" ]');
  }

  /** Puts a program on PATH: a script of the shell. */
  install(name: string, script: string): void {
    const path = join(this.root, 'bin', name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  installDocker(): void {
    this.install('docker', DOCKER);
  }

  write(name: string, text = ''): void {
    writeFileSync(join(this.root, name), text);
  }

  read(name: string): string {
    return existsSync(join(this.root, name)) ? readFileSync(join(this.root, name), 'utf8') : '';
  }

  run(...args: readonly string[]): Pick<SpawnSyncReturns<string>, 'status' | 'stdout' | 'stderr'> {
    const env = {
      PATH: join(this.root, 'bin'),
      HOME: this.root,
      SANDBOX: this.root,
      TELLTALE_SETUP_WAIT_S: '1',
    };
    const { status, stdout, stderr } = spawnSync('sh', [join(this.root, 'setup'), ...args], {
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr: stderr.replaceAll(this.root, 'ROOT') };
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
