/**
 * `node load/main.ts [seconds]`: keeps the first NVIDIA GPU busy. The kernel is PTX text that the
 * driver compiles, so nothing but the driver and koffi is needed.
 */
import { createRequire } from 'node:module';

import { BURN } from './burn.ts';

interface Cuda {
  func(name: string, result: string, parameters: readonly string[]): (...args: unknown[]) => number;
}

const BLOCKS = 1_024;
const THREADS = 256;
const ROUNDS = 200_000;
const FLOAT_BYTES = 4;

const seconds = Number(process.argv[2] ?? 8);
if (!(seconds > 0)) {
  process.stderr.write(`Cannot run as long as "${process.argv[2] ?? ''}": expected seconds\n`);
  process.exit(2);
}

const library = openCuda();
const call = (name: string, types: readonly string[], ...args: readonly unknown[]): void => {
  const code = library.func(name, 'int', types)(...args);
  if (code !== 0) fail(`${name} answered ${code}`);
};
const place = Buffer.alloc(8);
const pointer = (): bigint => place.readBigUInt64LE(0);

call('cuInit', ['uint32_t'], 0);
call('cuDeviceGet', ['void *', 'int'], place, 0);
const device = place.readInt32LE(0);
call('cuDevicePrimaryCtxRetain', ['void *', 'int'], place, device);
call('cuCtxSetCurrent', ['uintptr_t'], pointer());
call('cuModuleLoadData', ['void *', 'void *'], place, Buffer.from(`${BURN}\0`));
call('cuModuleGetFunction', ['void *', 'uintptr_t', 'str'], place, pointer(), 'burn');
const kernel = pointer();
call('cuMemAlloc_v2', ['void *', 'size_t'], place, BLOCKS * THREADS * FLOAT_BYTES);
const memory = pointer();
const end = performance.now() + seconds * 1_000;
while (performance.now() < end) {
  launch();
  call('cuCtxSynchronize', []);
}
call('cuMemFree_v2', ['uint64_t'], memory);
call('cuDevicePrimaryCtxRelease_v2', ['int'], device);

function launch(): void {
  const output = Buffer.alloc(8);
  output.writeBigUInt64LE(memory);
  const rounds = Buffer.alloc(4);
  rounds.writeUInt32LE(ROUNDS);
  const sizes = Array.from({ length: 7 }, () => 'uint32_t');
  call(
    'cuLaunchKernel',
    ['uintptr_t', ...sizes, 'uintptr_t', 'void **', 'void **'],
    kernel,
    BLOCKS,
    1,
    1,
    THREADS,
    1,
    1,
    0,
    0,
    [output, rounds],
    null,
  );
}

function openCuda(): Cuda {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as { load(path: string): Cuda };
    return koffi.load(process.platform === 'win32' ? 'nvcuda.dll' : 'libcuda.so.1');
  } catch (cause) {
    return fail((cause as Error).message);
  }
}

function fail(reason: string): never {
  process.stderr.write(`Cannot load the GPU: ${reason}\n`);
  process.exit(3);
}
