import { recordCpu, recordHeap } from '../capture/record.ts';
import { recordWorkers } from '../capture/record-workers.ts';
import { Profile, type ThreadProfile } from '../profile.ts';
import type { HeapProfile } from '../tree/heap-profile.ts';
import { attach } from './attach.ts';

/**
 * Resolves when enough is recorded: time is over, the user wants to stop, or the process ended,
 * which the signal says. `wasOpen`: its inspector was open before, as with a debugger, and stays so.
 */
export type Until = (ended: AbortSignal, wasOpen: boolean) => Promise<void>;

export interface RecordOptions {
  readonly pid: number;
  readonly intervalMs: number;
  readonly hasIdle: boolean;
  readonly hasWorkers: boolean;
  readonly until: Until;
}

/**
 * Records another process over its inspector, which is closed again, also when it fails.
 *
 * @throws {AttachError} when it cannot be attached to, or ends meanwhile
 */
export async function recordProcess(options: RecordOptions): Promise<Profile> {
  const { pid, intervalMs, hasIdle, hasWorkers, until } = options;
  const { target, wasOpen, detach } = await attach(pid);
  try {
    const startMs = Date.now();
    const workers = hasWorkers ? await recordWorkers(target, intervalMs) : undefined;
    const main = await recordCpu(target, intervalMs);
    await until(target.closed, wasOpen);
    const profile = await main.stop();
    const others: readonly ThreadProfile[] = (await workers?.stop()) ?? [];
    return new Profile([{ thread: 'main', profile }, ...others], {
      title: `node process ${pid}`,
      startMs,
      hasIdle,
    });
  } finally {
    await detach();
  }
}

/** As `recordProcess`, of memory. */
export async function recordProcessHeap(
  pid: number,
  intervalBytes: number,
  until: Until,
): Promise<HeapProfile> {
  const { target, wasOpen, detach } = await attach(pid);
  try {
    const recording = await recordHeap(target, intervalBytes);
    await until(target.closed, wasOpen);
    return await recording.stop();
  } finally {
    await detach();
  }
}
