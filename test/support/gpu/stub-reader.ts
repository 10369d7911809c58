import { createRequire } from 'node:module';

import { afterAll } from 'vitest';

import {
  createStub,
  hasCompiler,
  type StubDriver,
} from '../../../examples/gpu-check/stub/compile.ts';
import { DRIVER_LINES } from '../../../examples/gpu-check/stub/devices.ts';
import type { Koffi } from '../../../instrumentations/gpu/src/nvml/foreign-functions.ts';
import { NvmlLibrary } from '../../../instrumentations/gpu/src/nvml/library.ts';
import { type NvmlOptions, NvmlReader } from '../../../instrumentations/gpu/src/nvml/reader.ts';

/** Without a compiler the tests of NVML are left out, and say so. */
export const canCompile: boolean = hasCompiler();
if (!canCompile) {
  process.stderr.write('SKIPPED: no "cc" on this machine, so no stand-in for NVML can be built\n');
}

const koffi: Koffi = createRequire(
  new URL('../../../instrumentations/gpu/package.json', import.meta.url),
)('koffi') as Koffi;

const stubs: StubDriver[] = [];

/** Stubs of a test file, removed at its end. */
export function useStubs(): (lines: readonly string[], without?: readonly string[]) => StubDriver {
  afterAll(() => {
    for (const stub of stubs) stub.remove();
  });
  return (lines, without) => {
    const stub = createStub([...DRIVER_LINES, ...lines], without);
    stubs.push(stub);
    return stub;
  };
}

/** Writes other devices with the same driver. */
export const rewrite = (stub: StubDriver, lines: readonly string[]): void =>
  stub.write([...DRIVER_LINES, ...lines]);

export function readerOf(stub: StubDriver, options: Partial<NvmlOptions> = {}): NvmlReader {
  const calls = { enter: () => {}, leave: () => {} };
  const library = new NvmlLibrary(koffi, [stub.library], calls);
  return new NvmlReader(library, {
    processes: 'self',
    pid: process.pid,
    wantsGpm: true,
    ...options,
  });
}
