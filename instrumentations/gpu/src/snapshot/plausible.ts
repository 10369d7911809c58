import type { GpuReading, TaskShares, Traffic } from './reading.ts';

const POWER_WATTS_MAX = 10_000;
const CELSIUS_MIN = -50;
const CELSIUS_MAX = 200;
const PERFORMANCE_STATE_MAX = 15;

/**
 * A reading without the values that cannot be true. Shares a little out of range are clamped: a
 * driver averages over windows of its own; all else is dropped and counted.
 */
export function plausible(reading: GpuReading): {
  readonly reading: GpuReading;
  readonly dropped: number;
} {
  // Nearly always: nothing is copied then.
  if (isWhole(reading)) return { reading, dropped: 0 };
  const filter = new Filter();
  const kept: GpuReading = {
    ...reading,
    ...filter.shares(reading),
    ...filter.amounts(reading),
    ...filter.counters(reading),
  };
  return { reading: withoutGaps(kept), dropped: filter.dropped };
}

/** Whether every value can be true as it is. */
function isWhole(reading: GpuReading): boolean {
  return areSinglesWithin(reading) && areGroupsWithin(reading) && isMemoryWhole(reading);
}

function isMemoryWhole({ memory }: GpuReading): boolean {
  const { usedBytes = 0, limitBytes = Number.MAX_VALUE } = memory ?? {};
  return areWithin(memory, 0, Number.MAX_VALUE) && usedBytes <= limitBytes;
}

function areGroupsWithin(reading: GpuReading): boolean {
  const { clocksHz, throttleSeconds, pcieBytes, nvlinkBytes, errors } = reading;
  const counts = [clocksHz, throttleSeconds, pcieBytes, nvlinkBytes, errors];
  const shares = [
    reading.utilization,
    reading.profiling,
    ...(reading.processes ?? []).map((one) => one.utilization),
  ];
  const limits = reading.temperatureLimits ?? [];
  return (
    shares.every((group) => areWithin(group, 0, 1)) &&
    counts.every((group) => areWithin(group, 0, Number.MAX_VALUE)) &&
    areWithin(reading.temperatures, CELSIUS_MIN, CELSIUS_MAX) &&
    limits.every(({ celsius }) => isWithin(celsius, CELSIUS_MIN, CELSIUS_MAX))
  );
}

const areSinglesWithin = (reading: GpuReading): boolean =>
  isWithin(reading.controllerUtilization, 0, 1) &&
  isWithin(reading.fanRatio, 0, 1) &&
  isWithin(reading.powerWatts, 0, POWER_WATTS_MAX) &&
  isWithin(reading.powerLimitWatts, 0, POWER_WATTS_MAX) &&
  isWithin(reading.temperatureMargin, CELSIUS_MIN, CELSIUS_MAX) &&
  isWithin(reading.fanRpm, 0, Number.MAX_VALUE) &&
  isWithin(reading.performanceState, 0, PERFORMANCE_STATE_MAX) &&
  isWithin(reading.energyJoules, 0, Number.MAX_VALUE);

function areWithin(group: object | undefined, min: number, max: number): boolean {
  const values = group as Readonly<Record<string, number | undefined>> | undefined;
  for (const key in values) if (!isWithin(values[key], min, max)) return false;
  return true;
}

/** Not a number is within nothing. */
const isWithin = (value: number | undefined, min: number, max: number): boolean =>
  value === undefined || (value >= min && value <= max);

class Filter {
  dropped = 0;

  shares(reading: GpuReading): object {
    const { utilization, profiling, processes } = reading;
    return {
      utilization: utilization && this.#tasks(utilization),
      profiling: profiling && this.#each(profiling, (value) => this.#share(value)),
      controllerUtilization: this.#share(reading.controllerUtilization),
      fanRatio: this.#share(reading.fanRatio),
      processes: processes?.map((one) => ({
        ...one,
        ...(one.utilization === undefined ? {} : { utilization: this.#tasks(one.utilization) }),
      })),
    };
  }

  amounts(reading: GpuReading): object {
    return {
      memory: reading.memory && this.#memory(reading.memory),
      powerWatts: this.#within(reading.powerWatts, 0, POWER_WATTS_MAX),
      powerLimitWatts: this.#within(reading.powerLimitWatts, 0, POWER_WATTS_MAX),
      temperatures: reading.temperatures && this.#each(reading.temperatures, this.#celsius),
      temperatureLimits: reading.temperatureLimits?.filter(
        ({ celsius }) => this.#celsius(celsius) !== undefined,
      ),
      temperatureMargin: this.#celsius(reading.temperatureMargin),
      fanRpm: this.#count(reading.fanRpm),
      clocksHz: reading.clocksHz && this.#each(reading.clocksHz, (value) => this.#count(value)),
      performanceState: this.#within(reading.performanceState, 0, PERFORMANCE_STATE_MAX),
    };
  }

  counters(reading: GpuReading): object {
    const traffic = (bytes: Traffic | undefined): object | undefined =>
      bytes && this.#each(bytes, (value) => this.#count(value));
    return {
      energyJoules: this.#count(reading.energyJoules),
      throttleSeconds:
        reading.throttleSeconds &&
        this.#each(reading.throttleSeconds, (value) => this.#count(value)),
      pcieBytes: traffic(reading.pcieBytes),
      nvlinkBytes: traffic(reading.nvlinkBytes),
      errors: reading.errors && this.#each(reading.errors, (value) => this.#count(value)),
    };
  }

  #memory(memory: NonNullable<GpuReading['memory']>): object {
    const { limitBytes, usedBytes } = memory;
    const isTooFull = usedBytes !== undefined && limitBytes !== undefined && usedBytes > limitBytes;
    if (isTooFull) this.dropped += 1;
    const { usedBytes: _, ...rest } = memory;
    return this.#each(isTooFull ? rest : memory, (value) => this.#count(value));
  }

  #tasks(tasks: TaskShares): object {
    return this.#each(tasks, (value) => this.#share(value));
  }

  #each(
    values: Readonly<Record<string, number | undefined>> | object,
    check: (value: number) => number | undefined,
  ): object {
    const entries = Object.entries(values as Readonly<Record<string, number | undefined>>);
    return Object.fromEntries(
      entries.flatMap(([key, value]) => {
        const kept = value === undefined ? undefined : check(value);
        return kept === undefined ? [] : [[key, kept]];
      }),
    );
  }

  #share(value: number | undefined): number | undefined {
    if (value === undefined) return undefined;
    if (Number.isFinite(value)) return Math.min(1, Math.max(0, value));
    this.dropped += 1;
    return undefined;
  }

  readonly #celsius = (value: number | undefined): number | undefined =>
    this.#within(value, CELSIUS_MIN, CELSIUS_MAX);

  #count(value: number | undefined): number | undefined {
    return this.#within(value, 0, Number.MAX_VALUE);
  }

  #within(value: number | undefined, min: number, max: number): number | undefined {
    if (value === undefined) return undefined;
    if (value >= min && value <= max) return value;
    this.dropped += 1;
    return undefined;
  }
}

/** Fields that were dropped are left out: an attribute or a value `undefined` is a trap downstream. */
function withoutGaps(reading: GpuReading): GpuReading {
  const entries = Object.entries(reading).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as GpuReading;
}
