import { createStub, hasCompiler } from '../../../gpu-check/stub/compile.ts';
import { DRIVER_LINES, deviceLines } from '../../../gpu-check/stub/devices.ts';

const INTERVAL_MS = 500;
const IDLE_WATTS = 78;
const LOAD_WATTS = 540;
const PROCESS_BYTES = 900_000_000;
/** One rise and fall of the made-up load. */
const PERIOD_MS = 20_000;

/** A stand-in for a driver with one device whose load rises and falls. */
export interface StubGpu {
  /** Path of the library. */
  readonly library: string;
  /** From now on the process uses memory of the device. */
  use(pid: number): void;
  stop(): void;
}

/** @throws {Error} where there is no C compiler */
export function startStubGpu(): StubGpu {
  if (!hasCompiler()) {
    throw new Error('Cannot show a stand-in for a GPU: it is compiled with "cc", which is missing');
  }
  let joules = 0;
  const pids = new Set<number>();
  const startedMs = performance.now();
  const lines = (): readonly string[] => {
    const phase = ((performance.now() - startedMs) / PERIOD_MS) * 2 * Math.PI;
    const busy = (1 - Math.cos(phase)) / 2;
    const watts = IDLE_WATTS + LOAD_WATTS * busy;
    joules += (watts * INTERVAL_MS) / 1_000;
    const values = {
      util_gpu: Math.round(busy * 100),
      power: Math.round(watts * 1_000),
      energy: Math.round(joules * 1_000),
      temperature: Math.round(30 + 30 * busy),
    };
    return [
      ...DRIVER_LINES,
      ...deviceLines(0, { values, name: 'stand-in, no real device' }),
      ...[...pids].map((pid) => `proc 0 ${pid} ${PROCESS_BYTES}`),
    ];
  };
  const stub = createStub(lines());
  const timer = setInterval(() => stub.write(lines()), INTERVAL_MS);
  return {
    library: stub.library,
    use: (pid) => void pids.add(pid),
    stop: () => {
      clearInterval(timer);
      stub.remove();
    },
  };
}
