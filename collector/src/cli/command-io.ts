import { readFileSync } from 'node:fs';

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
  stdout: (text) => {
    process.stdout.write(text);
  },
  stderr: (text) => {
    process.stderr.write(text);
  },
  readStdin: () => readFileSync(STDIN),
  exit: (code) => {
    process.exitCode = code;
  },
};
