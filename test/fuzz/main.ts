/**
 * `npm run fuzz -- [--for 60s] [--seed 1] [--json]`: mutated input for everything that reads what
 * others wrote. Ends with 1 when a reader throws anything but its own error, takes more than 100 ms
 * of CPU for a case, or when the heap grows by 50 MB.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { SeededRandom } from '@telltale/statistics';

import { parseDuration } from '../../collector/src/model/duration.ts';
import { readCommandLine } from '../support/command-line.ts';
import { FUZZ_TARGETS, type FuzzTarget } from './targets.ts';

const HANG_MS = 100;
const HEAP_GROWTH_MB_MAX = 50;
/** Cases that fill caches before the heap is measured. */
const WARMUP_CASES = 2000;

interface FuzzReport {
  cases: number;
  crashes: number;
  hangsOver100Ms: number;
  heapGrowthMb: number;
}

const { values } = readCommandLine({
  options: {
    for: { type: 'string', default: '60s' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapMb(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

/** CPU time and not time: another process must not look like a hang. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function runCase(target: FuzzTarget, input: Uint8Array, report: FuzzReport): Promise<void> {
  const startMs = cpuMs();
  try {
    await target.run(input);
  } catch (error) {
    if (!target.isOwn(error)) {
      report.crashes += 1;
      const text = Buffer.from(input).toString('base64');
      process.stderr.write(`CRASH ${target.name}: ${String(error)}\n  input (base64): ${text}\n`);
    }
  }
  const tookMs = cpuMs() - startMs;
  // Once more: a collection of garbage that fell into the first run is no hang.
  if (tookMs > HANG_MS && (await isSlowAgain(target, input))) {
    report.hangsOver100Ms += 1;
    const text = Buffer.from(input).toString('base64').slice(0, 4000);
    process.stderr.write(`HANG ${target.name}: ${tookMs} ms\n  input (base64): ${text}\n`);
  }
}

async function isSlowAgain(target: FuzzTarget, input: Uint8Array): Promise<boolean> {
  collectGarbage();
  const startMs = cpuMs();
  try {
    await target.run(input);
  } catch {
    // The first run told of it.
  }
  return cpuMs() - startMs > HANG_MS;
}

const durationMs = parseDuration(values.for);
const random = new SeededRandom(Number(values.seed));
const report: FuzzReport = { cases: 0, crashes: 0, hangsOver100Ms: 0, heapGrowthMb: 0 };
const endMs = performance.now() + durationMs;
let startMb: number | undefined;
while (performance.now() < endMs) {
  const target = FUZZ_TARGETS[report.cases % FUZZ_TARGETS.length];
  if (target === undefined) break;
  await runCase(target, target.input(random), report);
  report.cases += 1;
  if (report.cases === WARMUP_CASES) startMb = heapMb();
}
report.heapGrowthMb = Math.round((heapMb() - (startMb ?? heapMb())) * 10) / 10;
process.stdout.write(
  values.json
    ? `${JSON.stringify(report)}\n`
    : `${report.cases} cases of seed ${values.seed}: ${JSON.stringify(report)}\n`,
);
const isGood =
  report.crashes === 0 &&
  report.hangsOver100Ms === 0 &&
  report.heapGrowthMb < HEAP_GROWTH_MB_MAX &&
  report.cases > 0;
process.exitCode = isGood ? 0 : 1;
