import type { ProfilingShares } from '../snapshot/reading.ts';
import { GPM_METRIC, GPM_METRICS_GET, GPM_SUPPORT } from './layouts.ts';
import { OK } from './return-code.ts';
import type { NvmlSession, Target } from './session.ts';
import { GPM_GROUP } from './symbols.ts';

const PERCENT = 100;
const WINDOW_MIN_US = 1e6;
const WINDOW_MAX_US = 600 * 1e6;
/** Larger than the struct of any release: only the metrics that are asked for are written. */
const REQUEST_BYTES = 32_768;

const METRICS: readonly (readonly [number, keyof ProfilingShares])[] = [
  [1, 'graphics'],
  [2, 'sm'],
  [3, 'occupancy'],
  [5, 'tensor'],
  [10, 'memoryBandwidth'],
];

interface Series {
  older: bigint;
  newer: bigint;
  olderUs: number;
  fingerprint: string;
  values: ProfilingShares | undefined;
}

/** Which counters are read: a device, or the GPU instance of one. */
export interface GpmPlace {
  readonly key: string;
  /** What a GPU instance consists of: its number is used again at once for another. */
  readonly fingerprint: string;
  readonly gpuInstance?: number;
}

/** Profiling counters: shares between two samples that are at least a second apart. */
export class GpmReader {
  readonly #session: NvmlSession;
  readonly #request = Buffer.alloc(REQUEST_BYTES);
  readonly #series = new Map<string, Series>();
  readonly #support = new Map<bigint, boolean>();
  readonly #isWhole: boolean;

  constructor(session: NvmlSession) {
    this.#session = session;
    this.#isWhole = GPM_GROUP.every((name) => session.library.has(name));
    const { fields } = GPM_METRICS_GET;
    this.#request.writeUInt32LE(1, fields.version);
    this.#request.writeUInt32LE(METRICS.length, fields.numMetrics);
    METRICS.forEach(([id], index) => {
      this.#request.writeUInt32LE(id, placeOf(index) + GPM_METRIC.fields.metricId);
    });
  }

  read(device: Target, place: GpmPlace, nowUs: number): ProfilingShares | undefined {
    if (!this.#isSupported(device) || device.isLost) return undefined;
    const series = this.#series.get(place.key);
    const isOld = series !== undefined && nowUs - series.olderUs > WINDOW_MAX_US;
    if (series === undefined || isOld || series.fingerprint !== place.fingerprint) {
      this.#seed(device, place, nowUs);
      return undefined;
    }
    if (nowUs - series.olderUs < WINDOW_MIN_US) return series.values;
    if (!this.#sample(device, place, series.newer)) return undefined;
    series.values = this.#compare(series);
    [series.older, series.newer] = [series.newer, series.older];
    series.olderUs = nowUs;
    return series.values;
  }

  /** Gives the samples back. Only while the driver is initialised: afterwards it would crash. */
  close(): void {
    for (const key of this.#series.keys()) this.#free(key);
  }

  #isSupported(device: Target): boolean {
    if (!this.#isWhole) return false;
    const known = this.#support.get(device.handle);
    if (known !== undefined) return known;
    const { scratch } = this.#session;
    scratch.writeUInt32LE(1, GPM_SUPPORT.fields.version);
    scratch.writeUInt32LE(0, GPM_SUPPORT.fields.isSupportedDevice);
    const isGiven = this.#session.ask(device, {
      name: 'nvmlGpmQueryDeviceSupport',
      args: [scratch],
    });
    const isSupported = isGiven && scratch.readUInt32LE(GPM_SUPPORT.fields.isSupportedDevice) !== 0;
    this.#support.set(device.handle, isSupported);
    return isSupported;
  }

  #seed(device: Target, place: GpmPlace, nowUs: number): void {
    this.#free(place.key);
    const older = this.#allocate();
    const newer = this.#allocate();
    const series = { older, newer, olderUs: nowUs, fingerprint: place.fingerprint };
    this.#series.set(place.key, { ...series, values: undefined });
    const isTaken = older !== 0n && newer !== 0n && this.#sample(device, place, older);
    if (!isTaken) this.#free(place.key);
  }

  #allocate(): bigint {
    const { library, scratch } = this.#session;
    return library.call('nvmlGpmSampleAlloc', scratch) === OK ? scratch.readBigUInt64LE(0) : 0n;
  }

  #free(key: string): void {
    const series = this.#series.get(key);
    if (series === undefined) return;
    this.#series.delete(key);
    for (const sample of [series.older, series.newer]) {
      if (sample !== 0n) this.#session.library.call('nvmlGpmSampleFree', sample);
    }
  }

  #sample(device: Target, place: GpmPlace, sample: bigint): boolean {
    const { key } = place;
    return place.gpuInstance === undefined
      ? this.#session.ask(device, { name: 'nvmlGpmSampleGet', args: [sample], key: `gpm ${key}` })
      : this.#session.ask(device, {
          name: 'nvmlGpmMigSampleGet',
          args: [place.gpuInstance, sample],
          key: JSON.stringify(['gpm', key, place.fingerprint]),
        });
  }

  #compare({ older, newer }: Series): ProfilingShares | undefined {
    const request = this.#request;
    const { fields } = GPM_METRICS_GET;
    request.writeBigUInt64LE(older, fields.sample1);
    request.writeBigUInt64LE(newer, fields.sample2);
    for (let index = 0; index < METRICS.length; index += 1) {
      request.writeInt32LE(-1, placeOf(index) + GPM_METRIC.fields.nvmlReturn);
    }
    if (this.#session.library.call('nvmlGpmMetricsGet', request) !== OK) return undefined;
    const shares: { -readonly [Name in keyof ProfilingShares]: number } = {};
    let isAnyGiven = false;
    METRICS.forEach(([, name], index) => {
      const at = placeOf(index);
      if (request.readInt32LE(at + GPM_METRIC.fields.nvmlReturn) !== OK) return;
      shares[name] = request.readDoubleLE(at + GPM_METRIC.fields.value) / PERCENT;
      isAnyGiven = true;
    });
    return isAnyGiven ? shares : undefined;
  }
}

/** Where the entry of a metric begins in a request. */
const placeOf = (index: number): number => GPM_METRICS_GET.fields.metrics + index * GPM_METRIC.size;
