import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const open: Set<string> = new Set();
let watchesExit = false;

/** A folder of our own that the profiler writes into; gone at the end of the process at the latest. */
export interface ProfileFolder {
  /** What ONNX Runtime wants as `profileFilePrefix`. */
  readonly prefix: string;
  /** The file that was written, once there is one. */
  file(): string | undefined;
  remove(): void;
}

/** Whether a profile of any session is being made now. */
export const isProfiling = (): boolean => open.size > 0;

/** @throws when the folder for temporary files cannot be written. */
export function createProfileFolder(): ProfileFolder {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-profile-'));
  open.add(folder);
  if (!watchesExit) {
    watchesExit = true;
    process.once('exit', () => {
      for (const left of open) removeFolder(left);
    });
  }
  return {
    prefix: join(folder, 'profile'),
    file: () => {
      const [name] = readdirSync(folder);
      return name === undefined ? undefined : join(folder, name);
    },
    remove: () => {
      open.delete(folder);
      removeFolder(folder);
    },
  };
}

function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another program holds it; the system's own cleaning of temporary files will take it.
  }
}
