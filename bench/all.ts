/**
 * Every bench, one after the other, each in a process of its own, and the machine they ran on. Each
 * prints the figures of its peer, taken in the same run, beside its own; so two machines can be
 * compared by ratios. `docs/performance.md` is made from what `--out` wrote.
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describeMachine } from './all/machine.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

/** `drift-power` is about what is found, not about what it costs, and takes minutes. */
const NAMES = [
  'startup',
  'memory',
  'inference',
  'record',
  'drift',
  'ingest',
  'resident',
  'rules',
  'alert-latency',
  'mixed',
  'query-load',
  'notify',
  'page',
  'growth',
  'scale',
  'capacity',
  'profiler',
  'gpu',
];

type Outcome = Readonly<Record<string, unknown>>;

export async function main(options: { readonly out?: string | undefined }): Promise<void> {
  const machine = describeMachine();
  const benches: Record<string, Outcome> = {};
  for (const [index, name] of NAMES.entries()) {
    const startedMs = performance.now();
    process.stderr.write(`${index + 1} of ${NAMES.length}: ${name} ... `);
    const outcome = await run(name);
    benches[name] = outcome;
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    process.stderr.write(`${'error' in outcome ? 'failed' : 'done'} after ${seconds} s\n`);
  }
  const figures = { takenAt: new Date().toISOString().slice(0, 10), machine, benches };
  if (options.out !== undefined) {
    writeFileSync(options.out, `${JSON.stringify(figures, undefined, 2)}\n`);
  }
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  const failed = NAMES.filter((name) => 'error' in (benches[name] ?? {}));
  if (failed.length > 0) {
    process.stderr.write(`Failed: ${failed.join(', ')}; see "error" of each\n`);
    process.exitCode = 1;
  }
}

/** The last line that the bench prints, or what it says when it fails. */
function run(name: string): Promise<Outcome> {
  const args = ['--conditions=@telltale/source', MAIN, name, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.once('error', (cause) => resolve({ error: cause.message }));
    child.once('close', (code) => resolve(outcomeOf(code, output)));
  });
}

function outcomeOf(
  code: number | null,
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): Outcome {
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  try {
    if (code === 0) return JSON.parse(last) as Outcome;
  } catch {
    // Told below, with what it printed instead.
  }
  return { error: `ended with ${String(code)}: ${(stderr || last).trim().slice(-2000)}` };
}
