import { known, knownOrNone } from '../snapshot/known.ts';
import type { GpuReading } from '../snapshot/reading.ts';
import type { RisingCounters } from '../snapshot/rising-counter.ts';
import { type Card, driverVersion } from './cards.ts';
import { lineIn, numberIn, type Tree } from './tree.ts';

const MILLI = 1e3;
const MICRO = 1e6;
const HERTZ_PER_MHZ = 1e6;
const LABELS: Readonly<Record<string, 'gpu' | 'memory'>> = { pkg: 'gpu', vram: 'memory' };

interface LastEnergy {
  readonly joules: number;
  readonly atUs: number;
}

/**
 * Reads Intel cards (drivers i915 and xe). The kernel tells neither how busy a card is nor how much
 * memory it has: those are absent.
 */
export class IntelCards {
  readonly #last = new Map<string, LastEnergy>();

  read(
    tree: Tree,
    card: Card,
    { counters, nowUs }: { readonly counters: RisingCounters; readonly nowUs: number },
  ): GpuReading {
    const { index, busId, hwmon } = card;
    const id = busId ?? `card${index}`;
    const mhz = readClock(tree, card);
    const raw = hwmon === undefined ? undefined : numberIn(tree, `${hwmon}/energy1_input`);
    const energy =
      raw === undefined || raw < 0
        ? undefined
        : Number(counters.update(`${id} energy`, BigInt(raw))) / MICRO;
    return {
      identity: {
        id,
        name: `gpu${index}`,
        vendor: 'Intel',
        index,
        ...known({ driverVersion: driverVersion(tree, card), busId }),
      },
      state: 'ok',
      ...known({
        clocksHz: knownOrNone({ graphics: mhz === undefined ? undefined : mhz * HERTZ_PER_MHZ }),
        energyJoules: energy,
        powerWatts: energy === undefined ? undefined : this.#power(id, energy, nowUs),
      }),
      ...(hwmon === undefined ? {} : readSensors(tree, hwmon)),
    };
  }

  /** The mean power since the last look. */
  #power(id: string, joules: number, nowUs: number): number | undefined {
    const last = this.#last.get(id);
    this.#last.set(id, { joules, atUs: nowUs });
    if (last === undefined || nowUs <= last.atUs) return undefined;
    return ((joules - last.joules) / (nowUs - last.atUs)) * MICRO;
  }
}

const readClock = (tree: Tree, { driver, device, index }: Card): number | undefined =>
  driver === 'xe'
    ? numberIn(tree, `${device}/tile0/gt0/freq0/act_freq`)
    : numberIn(tree, `sys/class/drm/card${index}/gt_cur_freq_mhz`);

function readSensors(tree: Tree, hwmon: string): Partial<GpuReading> {
  const limit = numberIn(tree, `${hwmon}/power1_max`);
  return known({
    powerLimitWatts: limit === undefined ? undefined : limit / MICRO,
    fanRpm: numberIn(tree, `${hwmon}/fan1_input`),
    temperatures: knownOrNone(readTemperatures(tree, hwmon)),
  });
}

/** i915 has one sensor without a label, xe labels the package and the memory. */
function readTemperatures(tree: Tree, hwmon: string): { gpu?: number; memory?: number } {
  const temperatures: { gpu?: number; memory?: number } = {};
  for (const index of [1, 2, 3]) {
    const value = numberIn(tree, `${hwmon}/temp${index}_input`);
    const label = lineIn(tree, `${hwmon}/temp${index}_label`);
    const unlabelled = index === 1 ? 'gpu' : undefined;
    const location = label === undefined ? unlabelled : LABELS[label];
    if (value !== undefined && location !== undefined) temperatures[location] = value / MILLI;
  }
  return temperatures;
}
