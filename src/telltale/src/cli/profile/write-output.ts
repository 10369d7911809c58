import { writeFileSync } from 'node:fs';

import { FORMAT_FILES, type ProfileFormat } from '@telltale/instrumentation-profiler/process';

export interface Output {
  readonly format: ProfileFormat;
  /** `undefined` chooses a name; `-` is standard output. */
  readonly file: string | undefined;
}

/**
 * Writes a profile where the user wants it: texts go to standard output unless a file is named.
 *
 * @returns what to tell on standard error
 * @throws {Error} in one line when the file cannot be written
 */
export function writeOutput(content: string | Uint8Array, { format, file }: Output): string {
  const isText = format === 'text' || format === 'json' || format === 'folded';
  if (file === '-' || (file === undefined && isText)) {
    process.stdout.write(content);
    return '';
  }
  const path = file ?? `profile-${timeText(new Date())}.${FORMAT_FILES[format].ending}`;
  try {
    writeFileSync(path, content);
  } catch (cause) {
    throw new Error(`Cannot write "${path}": ${(cause as Error).message}`);
  }
  return `${path} written; ${HINTS[format]}`;
}

const timeText = (time: Date): string =>
  time.toISOString().replaceAll(/[-:]/gu, '').slice(0, 15).replace('T', '-');

const HINTS: Readonly<Record<ProfileFormat, string>> = {
  svg: 'open it in a browser: a click zooms, f finds',
  text: 'read it',
  json: 'read it with a program',
  cpuprofile: 'open it in the Performance panel of DevTools, or in https://www.speedscope.app',
  pprof: 'go tool pprof -http=: FILE',
  speedscope: 'open it in https://www.speedscope.app',
  folded: 'flamegraph.pl and speedscope read it',
};
