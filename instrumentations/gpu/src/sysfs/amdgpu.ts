import { known, knownOrNone } from '../snapshot/known.ts';
import type { GpuReading, SensorLocation } from '../snapshot/reading.ts';
import type { RisingCounters } from '../snapshot/rising-counter.ts';
import { type Card, driverVersion } from './cards.ts';
import { lineIn, numberIn, type Tree } from './tree.ts';

const PERCENT = 100;
const MILLI = 1e3;
const MICRO = 1e6;
const LOCATIONS: readonly SensorLocation[] = ['edge', 'junction', 'memory'];
const LABELS: Readonly<Record<string, SensorLocation>> = {
  edge: 'edge',
  junction: 'junction',
  mem: 'memory',
};

/** One AMD card. Every file may be missing: cards differ in what they have. */
export function readAmd(tree: Tree, card: Card, counters: RisingCounters): GpuReading {
  const { device, index, busId } = card;
  const id = lineIn(tree, `${device}/unique_id`) ?? busId ?? `card${index}`;
  const sensors = card.hwmon === undefined ? {} : readSensors(tree, card.hwmon, { id, counters });
  return {
    identity: {
      id,
      name: `gpu${index}`,
      vendor: 'AMD',
      index,
      ...known({
        model: lineIn(tree, `${device}/product_name`),
        driverVersion: driverVersion(tree, card),
        busId,
      }),
    },
    state: 'ok',
    ...known({
      utilization: knownOrNone({
        general: scaled(numberIn(tree, `${device}/gpu_busy_percent`), PERCENT),
      }),
      controllerUtilization: scaled(numberIn(tree, `${device}/mem_busy_percent`), PERCENT),
      memory: knownOrNone({
        limitBytes: numberIn(tree, `${device}/mem_info_vram_total`),
        usedBytes: numberIn(tree, `${device}/mem_info_vram_used`),
      }),
      errors: readRas(tree, card, { id, counters }),
    }),
    ...sensors,
  };
}

interface Counting {
  readonly id: string;
  readonly counters: RisingCounters;
}

function readSensors(tree: Tree, hwmon: string, { id, counters }: Counting): Partial<GpuReading> {
  const read = (file: string): number | undefined => numberIn(tree, `${hwmon}/${file}`);
  const energy = read('energy1_input');
  return known({
    temperatures: knownOrNone(readTemperatures(tree, hwmon)),
    powerWatts: scaled(read('power1_average') ?? read('power1_input'), MICRO),
    powerLimitWatts: scaled(read('power1_cap'), MICRO),
    energyJoules:
      energy === undefined || energy < 0
        ? undefined
        : Number(counters.update(`${id} energy`, BigInt(energy))) / MICRO,
    clocksHz: knownOrNone({ graphics: read('freq1_input'), memory: read('freq2_input') }),
    fanRpm: read('fan1_input'),
  });
}

/** By label where the card has labels, else by number. */
function readTemperatures(tree: Tree, hwmon: string): Partial<Record<SensorLocation, number>> {
  const temperatures: Partial<Record<SensorLocation, number>> = {};
  LOCATIONS.forEach((byNumber, index) => {
    const celsius = scaled(numberIn(tree, `${hwmon}/temp${index + 1}_input`), MILLI);
    const label = lineIn(tree, `${hwmon}/temp${index + 1}_label`);
    const location = label === undefined ? byNumber : LABELS[label];
    if (celsius !== undefined && location !== undefined) temperatures[location] = celsius;
  });
  return temperatures;
}

/** Memory errors of all blocks: lines `ue: N` (uncorrected) and `ce: N` (corrected). */
function readRas(
  tree: Tree,
  { device }: Card,
  { id, counters }: Counting,
): GpuReading['errors'] | undefined {
  const texts = tree
    .list(`${device}/ras`)
    .filter((name) => name.endsWith('_err_count'))
    .flatMap((name) => tree.text(`${device}/ras/${name}`) ?? []);
  const sum = (key: 'ue' | 'ce'): number | undefined => {
    const counts = texts.flatMap((text) => {
      const count = new RegExp(`^${key}: (\\d+)$`, 'mu').exec(text)?.[1];
      return count === undefined ? [] : [Number(count)];
    });
    return counts.length === 0 ? undefined : counts.reduce((total, count) => total + count, 0);
  };
  const rise = (type: string, count: number | undefined): number | undefined =>
    count === undefined ? undefined : Number(counters.update(`${id} ${type}`, BigInt(count)));
  return knownOrNone({
    corrected: rise('corrected', sum('ce')),
    uncorrected: rise('uncorrected', sum('ue')),
  });
}

const scaled = (value: number | undefined, unit: number): number | undefined =>
  value === undefined ? undefined : value / unit;
