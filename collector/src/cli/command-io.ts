import { readFileSync } from 'node:fs';

import { printable } from '@telltale/core';

/** How a command reads and writes; tests hand in their own. */
export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly readStdin: () => Uint8Array;
  /** The exit code of the process; the last one set counts. */
  readonly exit: (code: number) => void;
}

const STDIN = 0;

export const PROCESS_IO: CommandIo = {
  // Names that others chose come out here, and a terminal obeys what it gets.
  stdout: (text) => {
    process.stdout.write(printable(text));
  },
  stderr: (text) => {
    process.stderr.write(printable(text));
  },
  readStdin: () => readFileSync(STDIN),
  exit: (code) => {
    process.exitCode = code;
  },
};
