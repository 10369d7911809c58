import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, 'nvml.c');

/** A stand-in for NVIDIA's library with its own devices. */
export interface StubDriver {
  /** Path of the library. */
  readonly library: string;
  /** Writes what its devices are; it takes effect at the next call. */
  write(lines: readonly string[]): void;
  remove(): void;
}

/** Whether this machine has a C compiler. */
export function hasCompiler(): boolean {
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const compiled = new Map<string, string>();

/**
 * Compiles the stand-in, once a set of options, and copies it to a place of its own.
 *
 * @param without parts that an older driver lacks: UUID, MEMORY_V2, TEMPERATURE_V, EVENT_REASONS, GPM
 */
export function createStub(lines: readonly string[], without: readonly string[] = []): StubDriver {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-nvml-'));
  const library = join(folder, 'libnvidia-ml.so.1');
  copyFileSync(compileOnce(without), library);
  const write = (next: readonly string[]): void => {
    // In one step: a reader must not see half of the devices.
    writeFileSync(`${library}.next`, `${next.join('\n')}\n`);
    renameSync(`${library}.next`, `${library}.txt`);
  };
  write(lines);
  return { library, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function compileOnce(without: readonly string[]): string {
  const key = without.toSorted().join(' ');
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), 'telltale-nvml-build-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const output = join(folder, 'stub.so');
  const defines = without.map((part) => `-DWITHOUT_${part}`);
  execFileSync('cc', ['-O1', '-shared', '-fPIC', ...defines, '-o', output, SOURCE, '-ldl']);
  compiled.set(key, output);
  return output;
}
