import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

import type { Check } from './check.ts';

interface Surroundings {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Whether the program of a command line is there; nothing where no command was given. */
export function checkCommand(
  command: readonly string[],
  { folder, env }: Surroundings,
): readonly Check[] {
  const [program] = command;
  if (program === undefined) return [];
  const name = 'command';
  const isPath = /[/\\]/u.test(program);
  const folders = isPath ? [folder] : (env['PATH'] ?? env['Path'] ?? '').split(delimiter);
  const endings = ['', ...(env['PATHEXT'] ?? '').split(';').filter(Boolean)];
  const isThere = folders
    .filter(Boolean)
    .some((each) =>
      endings.some((ending) =>
        existsSync(isPath ? resolve(each, program + ending) : join(each, program + ending)),
      ),
    );
  if (isThere) return [{ name, status: 'ok', message: program }];
  const where = isPath ? `in ${folder}` : 'in any folder of PATH';
  const message = `Cannot find the program "${program}" ${where}`;
  return [{ name, status: 'fail', message }];
}
