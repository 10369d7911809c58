import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Profile, type ThreadProfile } from '../profile.ts';
import type { CpuProfile } from '../tree/cpu-profile.ts';
import type { HeapProfile } from '../tree/heap-profile.ts';
import { PRELOAD } from './preload.ts';

export interface CommandOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly kind: 'cpu' | 'heap';
  readonly intervalMs: number;
  readonly hasIdle: boolean;
  readonly hasWorkers: boolean;
  /** Ends the program after this time; `undefined` waits for its own end. */
  readonly seconds: number | undefined;
  /** Ends the program when it aborts, so that what was seen so far is kept. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
}

export interface CommandProfile {
  readonly exitCode: number | null;
  readonly profile: Profile | undefined;
  readonly heap: HeapProfile | undefined;
}

interface Recorded {
  readonly pid: number;
  readonly name: string;
  readonly title: string;
  readonly startMs: number;
  readonly profile: CpuProfile | HeapProfile;
}

/**
 * Runs a program with its profile recorded from its first line on, children and threads included.
 * Its input and output are the caller's.
 *
 * @throws {Error} when the program cannot be started
 */
export async function runCommand(options: CommandOptions): Promise<CommandProfile> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-profile-'));
  try {
    const preload = join(folder, 'preload.cjs');
    writeFileSync(preload, PRELOAD);
    const { exitCode, pid } = await run(options, { folder, preload });
    const recorded = readRecorded(folder);
    return { exitCode, ...assemble(recorded, pid, options) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How long a program may take to end when it is asked to. */
const END_MS_MAX = 10_000;

async function run(
  { command, kind, intervalMs, seconds, signal, env }: CommandOptions,
  { folder, preload }: { readonly folder: string; readonly preload: string },
): Promise<{ exitCode: number | null; pid: number }> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: 'inherit',
    env: {
      ...env,
      NODE_OPTIONS: `${env['NODE_OPTIONS'] ?? ''} --require ${JSON.stringify(preload)}`.trim(),
      TELLTALE_PROFILE_FOLDER: folder,
      TELLTALE_PROFILE_KIND: kind,
      TELLTALE_PROFILE_MICROS: String(Math.round(intervalMs * 1000)),
    },
  });
  const timers: NodeJS.Timeout[] = [];
  const end = (): void => {
    // Asked first: a program that is killed writes no profile.
    child.kill('SIGTERM');
    timers.push(setTimeout(() => child.kill('SIGKILL'), END_MS_MAX));
  };
  if (seconds !== undefined) timers.push(setTimeout(end, seconds * 1000));
  signal.addEventListener('abort', end, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) =>
        reject(new Error(`Cannot start ${JSON.stringify(program)}: ${error.message}`)),
      );
      child.once('close', resolve);
    });
    return { exitCode, pid: child.pid ?? 0 };
  } finally {
    signal.removeEventListener('abort', end);
    for (const timer of timers) clearTimeout(timer);
  }
}

function readRecorded(folder: string): readonly Recorded[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recorded)
    .sort((a, b) => a.startMs - b.startMs);
}

function assemble(
  recorded: readonly Recorded[],
  pid: number,
  { kind, hasIdle, hasWorkers, command }: CommandOptions,
): Pick<CommandProfile, 'profile' | 'heap'> {
  const chosen = recorded.filter(({ name }) => hasWorkers || name === 'main');
  const [first] = chosen;
  if (first === undefined) return { profile: undefined, heap: undefined };
  if (kind === 'heap') return { profile: undefined, heap: first.profile as HeapProfile };
  const threads = chosen.map(
    ({ pid: owner, name, title, profile }): ThreadProfile => ({
      thread:
        owner === (chosen.find((one) => one.pid === pid)?.pid ?? first.pid)
          ? name
          : `${name} of ${owner} ${title}`.trim(),
      profile: profile as CpuProfile,
    }),
  );
  const details = { title: command.join(' '), startMs: first.startMs, hasIdle };
  return { profile: new Profile(threads, details), heap: undefined };
}
