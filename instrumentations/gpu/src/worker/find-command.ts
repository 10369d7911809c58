import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Path of a command, as a shell would find it. */
export function findCommand(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: string,
): string | undefined {
  const file = platform === 'win32' ? `${name}.exe` : name;
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((one) => one !== '');
  return folders.map((folder) => join(folder, file)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
