import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

import { AttachError } from './attach-error.ts';

/** SIGUSR1, which asks Node to open its inspector, as a bit of the masks of /proc. */
const SIGUSR1 = 1n << 9n;

/**
 * Makes sure that a process is Node.js and will open its inspector rather than die of SIGUSR1.
 *
 * @throws {AttachError} that names the cause and the remedy
 */
export function checkProcess(pid: number): void {
  checkSignal(pid);
  const status = readProc(pid, 'status');
  if (status === undefined) {
    if (process.platform === 'linux') throw gone(pid);
    return; // no /proc: the answer of the inspector has to do
  }
  checkIsNode(pid);
  const mask = (name: string): bigint => {
    const hex = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'mu').exec(status)?.[1];
    return hex === undefined ? 0n : BigInt(`0x${hex}`);
  };
  if ((mask('SigBlk') & SIGUSR1) !== 0n || (mask('SigIgn') & SIGUSR1) !== 0n) {
    throw new AttachError(
      `Cannot attach to ${pid}: it does not listen to SIGUSR1, as with --disable-sigusr1; start it with --inspect, or with telltale/register`,
    );
  }
  if ((mask('SigCgt') & SIGUSR1) === 0n) {
    throw new AttachError(
      `Cannot attach to ${pid}: it does not handle SIGUSR1, which would end it; is it still starting?`,
    );
  }
}

/** The flags that say where Node's inspector listens; the port is the last number. */
const INSPECTOR_OPTION = /^--(?:inspect(?:-brk|-wait|-port)?|debug-port)=(?:.*:)?(\d+)$/u;

/**
 * Refuses a process that was told to open its inspector elsewhere: we would wait for it in vain.
 *
 * @throws {AttachError} that names the option
 */
export function checkInspectorPort(pid: number, port: number): void {
  const option = (readProc(pid, 'cmdline') ?? '')
    .split('\0')
    .findLast((argument) => INSPECTOR_OPTION.test(argument));
  if (option === undefined || INSPECTOR_OPTION.exec(option)?.[1] === String(port)) return;
  throw new AttachError(
    `Cannot attach to ${pid}: its inspector is not on port ${port} but where ${option} says; start it without that, or profile it with the debugger that is open there`,
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function checkSignal(pid: number): void {
  try {
    process.kill(pid, 0);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPERM') {
      throw new AttachError(
        `Cannot attach to ${pid}: it belongs to another user; run this as that user`,
      );
    }
    throw gone(pid);
  }
}

const gone = (pid: number): AttachError =>
  new AttachError(`Cannot attach to ${pid}: there is no such process`);

function checkIsNode(pid: number): void {
  const names = [readLink(pid), readProc(pid, 'cmdline')?.split('\0')[0], readProc(pid, 'comm')];
  const isNode = names.some((name) =>
    /^node(?:\d+)?(?:\.exe)?$/u.test(basename(name ?? '').trim()),
  );
  if (isNode) return;
  const shown = basename(names.find((name) => name !== undefined) ?? 'unknown').trim();
  throw new AttachError(
    `Cannot attach to ${pid}: it is no Node.js process but ${JSON.stringify(shown)}`,
  );
}

function readLink(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/u, '');
  } catch {
    return undefined;
  }
}

function readProc(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return undefined;
  }
}
