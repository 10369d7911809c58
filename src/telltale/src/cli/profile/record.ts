import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Asked, askForProfile, hasTelltale } from './ask-process.ts';
import { Progress } from './progress.ts';
import { checkOutput, type Output, writeOutput } from './write-output.ts';
import {
  AttachError,
  type CommandProfile,
  heapFormatProblem,
  heapProfileFile,
  heapRecordingProblem,
  recordingProblem,
  recordProcess,
  recordProcessHeap,
  runCommand,
} from '@telltale/instrumentation-profiler/process';

export interface ProfileCommand extends Asked {
  readonly pid: number | undefined;
  /** A script with its arguments, or a program with its own. */
  readonly command: readonly string[];
  readonly isHeap: boolean;
  /** Whether a duration was given: a program otherwise runs to its end. */
  readonly hasDuration: boolean;
  readonly output: Output;
  readonly url: string;
  readonly key: string | undefined;
}

const SCRIPT = /\.[cm]?[jt]s$/u;
const HEAP_INTERVAL_BYTES = 32 * 1024;

/**
 * Records what the command line asks for and writes it.
 *
 * @returns the exit code: 0, 1 for what cannot be done, 2 for a process that ended meanwhile, or
 *   that of the program
 */
export async function recordAndWrite(command: ProfileCommand): Promise<number> {
  const progress = new Progress(process.stderr);
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const { isHeap, intervalMs, seconds } = command;
    const problem = isHeap
      ? (heapFormatProblem(command.output.format) ?? heapRecordingProblem(seconds))
      : recordingProblem(intervalMs, seconds);
    if (problem !== undefined) throw new Error(problem);
    checkOutput(command.output);
    return command.pid === undefined
      ? await recordProgram(command, progress, interruption.signal)
      : await recordPid(command, command.pid, { progress, signal: interruption.signal });
  } catch (error) {
    progress.end();
    progress.tell(error instanceof Error ? error.message : String(error));
    return error instanceof AttachError && error.isTargetGone ? 2 : 1;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

async function recordPid(
  command: ProfileCommand,
  pid: number,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<number> {
  const { seconds, output, isHeap } = command;
  const asked = { url: command.url, key: command.key, pid };
  if (!isHeap && (await hasTelltale(asked))) {
    progress.start(`Process ${pid} records itself`, seconds);
    const bytes = await askForProfile(asked, command);
    progress.end();
    progress.tell(writeOutput(bytes, output));
    return 0;
  }
  progress.start(`Recording process ${pid} over its inspector`, seconds);
  const until = async (ended: AbortSignal, wasOpen: boolean): Promise<void> => {
    if (wasOpen) progress.tell('Its inspector was open already, and stays open');
    const either = AbortSignal.any([signal, ended]);
    await sleep(seconds * 1000, undefined, { signal: either }).catch(() => undefined);
  };
  const content = isHeap
    ? heapProfileFile(
        await recordProcessHeap(pid, HEAP_INTERVAL_BYTES, until),
        output.format,
        `node process ${pid}`,
      )
    : (await recordProcess({ ...command, pid, until })).render(output.format);
  progress.end();
  progress.tell(writeOutput(content, output));
  return 0;
}

async function recordProgram(
  command: ProfileCommand,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  const { output, seconds, hasDuration, isHeap } = command;
  const [first = ''] = command.command;
  const isScript = SCRIPT.test(first);
  // Node.js would start, fail, and leave a picture of nothing but that.
  if (isScript && !existsSync(first)) throw new Error(`Cannot find the script "${first}"`);
  const program = isScript ? [process.execPath, ...command.command] : command.command;
  progress.tell(
    `Recording ${command.command.join(' ')}${hasDuration ? ` for ${seconds} s` : ' to its end'}`,
  );
  const { exitCode, profile, heap } = await runCommand({
    command: program,
    kind: isHeap ? 'heap' : 'cpu',
    intervalMs: command.intervalMs,
    hasIdle: command.hasIdle,
    hasWorkers: command.hasWorkers,
    seconds: hasDuration ? seconds : undefined,
    signal,
    env: process.env,
  });
  const content = contentOf(command, { profile, heap });
  if (content === undefined) {
    progress.tell('Nothing was recorded: the program is no Node.js program, or was killed');
    return 2;
  }
  progress.tell(writeOutput(content, output));
  return hasDuration || signal.aborted ? 0 : (exitCode ?? 1);
}

/** What was recorded in the format that is wanted; nothing where nothing was. */
function contentOf(
  { output: { format }, command, isHeap }: ProfileCommand,
  { profile, heap }: Pick<CommandProfile, 'profile' | 'heap'>,
): string | Uint8Array | undefined {
  if (!isHeap) return profile?.render(format);
  return heap === undefined ? undefined : heapProfileFile(heap, format, command.join(' '));
}
