import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { FORMAT_FILES, type ProfileFormat } from '@telltale/instrumentation-profiler/process';

export interface Output {
  readonly format: ProfileFormat;
  /** `undefined` chooses a name; `-` is standard output. */
  readonly file: string | undefined;
  /** Whether it is memory: V8's own format of it has another ending, and another panel. */
  readonly isHeap?: boolean;
}

/**
 * Finds out before anything is recorded that it could not be written. Makes no file.
 *
 * @throws {Error} in one line
 */
export function checkOutput(output: Output): void {
  if (isForStandardOutput(output)) return;
  const { file } = output;
  try {
    const found = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw new Error('it is a folder');
    accessSync(found === undefined ? dirname(file ?? '') : (file ?? ''), constants.W_OK);
  } catch (cause) {
    throw new Error(`Cannot write "${file ?? process.cwd()}": ${(cause as Error).message}`);
  }
}

const isForStandardOutput = ({ format, file }: Output): boolean =>
  file === '-' ||
  (file === undefined && (format === 'text' || format === 'json' || format === 'folded'));

/**
 * Writes a profile where the user wants it: texts go to standard output unless a file is named.
 *
 * @returns what to tell on standard error
 * @throws {Error} in one line when the file cannot be written
 */
export function writeOutput(content: string | Uint8Array, output: Output): string {
  const { format, file } = output;
  if (isForStandardOutput(output)) {
    process.stdout.write(content);
    return '';
  }
  const isHeapProfile = output.isHeap === true && format === 'cpuprofile';
  const ending = isHeapProfile ? 'heapprofile' : FORMAT_FILES[format].ending;
  const path = file ?? `profile-${timeText(new Date())}.${ending}`;
  try {
    writeFileSync(path, content);
  } catch (cause) {
    throw new Error(`Cannot write "${path}": ${(cause as Error).message}`);
  }
  return `${path} written; ${isHeapProfile ? HEAP_HINT : HINTS[format]}`;
}

const timeText = (time: Date): string =>
  time.toISOString().replaceAll(/[-:]/gu, '').slice(0, 15).replace('T', '-');

/** DevTools knows it by its ending. */
const HEAP_HINT = 'as a file .heapprofile the Memory panel of DevTools opens it';
const HINTS: Readonly<Record<ProfileFormat, string>> = {
  svg: 'open it in a browser: a click zooms, f finds',
  text: 'read it',
  json: 'read it with a program',
  cpuprofile: 'open it in the Performance panel of DevTools, or in https://www.speedscope.app',
  pprof: 'go tool pprof -http=: FILE',
  speedscope: 'open it in https://www.speedscope.app',
  folded: 'flamegraph.pl and speedscope read it',
};
