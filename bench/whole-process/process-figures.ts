import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the kernel counts for one process, all threads included. Linux only. */
export interface ProcessFigures {
  /** Seconds of CPU, user and system, since the process began. */
  readonly cpuSeconds: number;
  /** Resident memory now, in MiB. */
  readonly rssMib: number;
  /** The most resident memory that the process ever had, in MiB. */
  readonly peakRssMib: number;
}

/** Fields of `/proc/<pid>/stat` after the name of the program, counted from 0. */
const USER_TICKS_FIELD = 11;
const SYSTEM_TICKS_FIELD = 12;

let ticksASecond: number | undefined;

export function processFigures(pid: number): ProcessFigures {
  ticksASecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of a program may hold blanks and parentheses: read from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[USER_TICKS_FIELD]) + Number(fields[SYSTEM_TICKS_FIELD]);
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuSeconds: ticks / ticksASecond,
    rssMib: mebibytes(status, 'VmRSS'),
    peakRssMib: mebibytes(status, 'VmHWM'),
  };
}

function mebibytes(status: string, name: string): number {
  const line = status.split('\n').find((each) => each.startsWith(`${name}:`));
  return Math.round((Number(line?.match(/\d+/u)?.[0]) / 1024) * 10) / 10;
}
