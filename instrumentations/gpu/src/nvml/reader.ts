import { plausible } from '../snapshot/plausible.ts';
import type { Collection, GpuReading, Note, XidEvent } from '../snapshot/reading.ts';
import { RisingCounters } from '../snapshot/rising-counter.ts';
import { XidHistory } from '../snapshot/xid.ts';
import { identify, type NvmlDevice, systemFacts } from './device.ts';
import { DriverEventSet, type DriverEvents } from './events.ts';
import { GpmReader } from './gpm.ts';
import type { NvmlLibrary } from './library.ts';
import { listInstances, type MigInstance, migMode, readInstance } from './mig.ts';
import { fieldReadings, type Memories, readFields, readHealth } from './read-health.ts';
import { readLoad, readMemory } from './read-load.ts';
import { readPower, readTemperature } from './read-power.ts';
import { readProcesses } from './read-processes.ts';
import { errorTypeOf, OK } from './return-code.ts';
import { NvmlSession } from './session.ts';

/** A missing GPU is no failure of the initialisation. */
const INIT_NO_GPUS = 1;
const UNINITIALIZED = 1;
const GPU_LOST = 15;
const RETRY_US = 60e6;
const MIG_REFRESH_US = 60e6;

export interface NvmlOptions {
  /** Whose processes are reported. */
  readonly processes: 'self' | 'all' | 'none';
  readonly pid: number;
  readonly wantsGpm: boolean;
  /** UUIDs or indices; `undefined` for all. */
  readonly devices?: readonly string[] | undefined;
}

/** All that lives as long as the driver stays initialised. */
interface Generation {
  readonly session: NvmlSession;
  readonly devices: readonly NvmlDevice[];
  readonly gpm: GpmReader | undefined;
  readonly events: DriverEventSet;
  instances: ReadonlyMap<NvmlDevice, readonly MigInstance[]>;
  migAtUs: number;
}

/** Reads NVIDIA's GPUs over NVML. Every call blocks, so it belongs into a thread of its own. */
export class NvmlReader {
  readonly name = 'nvml';
  readonly #library: NvmlLibrary;
  readonly #options: NvmlOptions;
  /** By UUID: what outlives a driver that is started again. */
  readonly #memories = new Map<string, Memories>();
  #generation: Generation | undefined;
  #retryAtUs = 0;
  #lastCode = 0;
  /** The devices of the last generation while all of them are lost. */
  #lost: readonly GpuReading[] = [];
  #told: number | undefined;
  /** How many devices the driver has that the options leave out. */
  #leftOut = 0;

  /** @throws when NVML cannot tell devices apart: all would share one identity */
  constructor(library: NvmlLibrary, options: NvmlOptions) {
    if (!library.has('nvmlDeviceGetUUID')) throw new Error('NVML has no nvmlDeviceGetUUID');
    this.#library = library;
    this.#options = options;
  }

  read(nowUs: number): Collection {
    const generation = this.#generation ?? this.#open(nowUs);
    if (generation === undefined) return this.#down();
    const { session } = generation;
    // Before the values, so that the counts of this cycle hold its XIDs.
    const events = generation.events.drain(generation.devices, nowUs);
    const told = this.#tell(generation, events, nowUs);
    this.#refreshMig(generation, events, nowUs);
    const readings = generation.devices.flatMap((device) =>
      this.#readDevice(generation, device, nowUs),
    );
    const checked = readings.map(plausible);
    const gpus = checked.map(({ reading }) => reading);
    const implausible = checked.reduce((sum, { dropped }) => sum + dropped, 0);
    const errorType = this.#closeIfNeeded(generation, gpus, nowUs);
    const isCutShort = errorType !== undefined && this.#lost.length === 0;
    return {
      // Half a cycle would show values missing that the devices have.
      gpus: isCutShort ? [] : gpus,
      events: told,
      notes: session.takeNotes(),
      implausible,
      ...(errorType === undefined ? {} : { errorType }),
    };
  }

  close(): void {
    const generation = this.#generation;
    this.#generation = undefined;
    if (generation === undefined) return;
    // In this order: samples and sets of a driver that was shut down must not be touched.
    generation.gpm?.close();
    generation.events.close();
    this.#library.call('nvmlShutdown');
  }

  #open(nowUs: number): Generation | undefined {
    if (nowUs < this.#retryAtUs) return undefined;
    const code = this.#initialize();
    if (code !== OK) return this.#refuse(code, nowUs);
    const session = new NvmlSession(this.#library);
    const devices = this.#enumerate(session);
    if (devices.length === 0) {
      // A GPU that comes later is seen by a new initialisation only.
      this.#library.call('nvmlShutdown');
      this.#lastCode = this.#lost.length > 0 ? GPU_LOST : OK;
      this.#retryAtUs = nowUs + RETRY_US;
      return undefined;
    }
    for (const { xids } of this.#memories.values()) xids.forgetLoss();
    this.#told = undefined;
    this.#lost = [];
    const gpm = this.#options.wantsGpm ? new GpmReader(session) : undefined;
    const events = new DriverEventSet(session);
    const migAtUs = Number.NEGATIVE_INFINITY;
    this.#generation = { session, devices, gpm, events, instances: new Map(), migAtUs };
    return this.#generation;
  }

  #initialize(): number {
    const library = this.#library;
    return library.has('nvmlInitWithFlags')
      ? library.call('nvmlInitWithFlags', INIT_NO_GPUS)
      : library.call('nvmlInit_v2');
  }

  #refuse(code: number, nowUs: number): undefined {
    this.#lastCode = code;
    this.#retryAtUs = code === UNINITIALIZED ? nowUs : nowUs + RETRY_US;
    return undefined;
  }

  /** The collection of a cycle without a driver. The reason is reported once. */
  #down(): Collection {
    const code = this.#lastCode;
    const isNew = this.#told !== code;
    this.#told = code;
    const errorType = code === OK ? 'no_devices' : errorTypeOf(code);
    const notes = isNew ? [code === OK ? this.#noDevices() : refusal(code, errorType)] : [];
    return { gpus: this.#lost, events: [], notes, implausible: 0, errorType };
  }

  /** A machine without a GPU is no fault; a wrong list of devices is. */
  #noDevices(): Note {
    const wanted = this.#options.devices?.join(', ');
    return this.#leftOut === 0
      ? { level: 'debug', text: 'NVML lists no GPU: asking again once a minute' }
      : {
          level: 'warn',
          text: `NVML lists ${this.#leftOut} GPUs, but none of those that are wanted (${wanted}): expected UUIDs or indices from 0`,
        };
  }

  #enumerate(session: NvmlSession): readonly NvmlDevice[] {
    const { library, scratch } = session;
    if (library.call('nvmlDeviceGetCount_v2', scratch) !== OK) return [];
    const count = scratch.readUInt32LE(0);
    const facts = systemFacts(session);
    const devices: NvmlDevice[] = [];
    this.#leftOut = 0;
    for (let index = 0; index < count; index += 1) {
      if (library.call('nvmlDeviceGetHandleByIndex_v2', index, scratch) !== OK) continue;
      const device = identify(session, scratch.readBigUInt64LE(0), { ...facts, index });
      if (device === undefined) continue;
      if (this.#isWanted(device)) devices.push(device);
      else this.#leftOut += 1;
    }
    return devices;
  }

  #isWanted({ identity }: NvmlDevice): boolean {
    const { devices } = this.#options;
    return (
      devices === undefined ||
      devices.includes(identity.id) ||
      devices.includes(String(identity.index))
    );
  }

  #memoriesOf(id: string): Memories {
    const known = this.#memories.get(id);
    if (known !== undefined) return known;
    const made: Memories = { counters: new RisingCounters(), xids: new XidHistory() };
    this.#memories.set(id, made);
    return made;
  }

  #tell({ devices }: Generation, { xids }: DriverEvents, nowUs: number): readonly XidEvent[] {
    return xids.flatMap(({ handle, code }) => {
      const device = devices.find((one) => one.handle === handle);
      if (device === undefined) return [];
      const { id, name } = device.identity;
      this.#memoriesOf(id).xids.add(code, nowUs);
      return [{ id, name, code }];
    });
  }

  #refreshMig(generation: Generation, { hasMigChange }: DriverEvents, nowUs: number): void {
    const { session, devices, instances } = generation;
    const isStale = [...instances.values()].some((list) => list.some((one) => one.isStale));
    const isDue = nowUs - generation.migAtUs >= MIG_REFRESH_US;
    if (!hasMigChange && !isStale && !isDue) return;
    generation.migAtUs = nowUs;
    const divided = devices.map((device) => {
      const isMig = migMode(session, device);
      // A device that was divided, or is no longer, has other values from now on.
      if (isMig !== device.isMig) {
        device.closed.clear();
        device.limits = undefined;
      }
      device.isMig = isMig;
      return [device, isMig ? listInstances(session, device) : []] as const;
    });
    generation.instances = new Map(divided);
  }

  #readDevice(generation: Generation, device: NvmlDevice, nowUs: number): readonly GpuReading[] {
    const { session, gpm, instances } = generation;
    const whole = this.#readWhole(generation, device, nowUs);
    const wantsProcesses = this.#options.processes !== 'none';
    const parts = instances.get(device) ?? [];
    return [
      whole,
      ...parts.map((instance) =>
        this.#own(readInstance(session, instance, { device, gpm, wantsProcesses, nowUs })),
      ),
    ];
  }

  #readWhole({ session, gpm }: Generation, device: NvmlDevice, nowUs: number): GpuReading {
    const { identity } = device;
    const memories = this.#memoriesOf(identity.id);
    const { counters } = memories;
    const load = readLoad(session, device);
    const memory = readMemory(session, device);
    const power = readPower(session, device, { counters, nowUs });
    const chip = readTemperature(session, device);
    const fields = readFields(session, device);
    // The only temperature that has no call of its own.
    const hot = fields.get('memoryTemperature');
    const health = readHealth(session, device, { fields, memories, nowUs });
    const wantsProcesses = this.#options.processes !== 'none';
    const processes = wantsProcesses ? readProcesses(session, device) : undefined;
    const place = { key: identity.id, fingerprint: identity.id };
    // A divided device has profiling values by instance only.
    const profiling = device.isMig ? undefined : gpm?.read(device, place, nowUs);
    const temperatures = {
      ...(chip === undefined ? {} : { gpu: chip }),
      ...(hot === undefined ? {} : { memory: Number(hot) }),
    };
    return this.#own({
      identity,
      ...load,
      ...memory,
      ...power,
      ...(Object.keys(temperatures).length === 0 ? {} : { temperatures }),
      ...fieldReadings(fields, counters),
      ...health,
      ...(profiling === undefined ? {} : { profiling }),
      ...(processes === undefined ? {} : { processes }),
      ...(device.isLost ? { state: 'failed' as const } : {}),
    });
  }

  /** With `self`, other processes are counted and nothing else is said of them. */
  #own(reading: GpuReading): GpuReading {
    const { processes } = reading;
    if (processes === undefined) return reading;
    const counted = { ...reading, processCount: processes.length };
    if (this.#options.processes === 'all') return counted;
    // In a container the list may hold the pids of the host, or none: then nothing is reported.
    const { pid } = this.#options;
    return { ...counted, processes: processes.filter((one) => one.pid === pid) };
  }

  #closeIfNeeded(
    generation: Generation,
    gpus: readonly GpuReading[],
    nowUs: number,
  ): string | undefined {
    const { session, devices } = generation;
    const areLost = devices.every((device) => device.isLost);
    for (const device of devices) device.isLost = false;
    const code = areLost ? GPU_LOST : session.restartCode;
    if (code !== undefined) {
      this.close();
      this.#refuse(code, nowUs);
      if (areLost) this.#lost = gpus.map(({ identity }) => ({ identity, state: 'failed' }));
      return errorTypeOf(code);
    }
    if (session.needsEnumeration) this.close();
    return undefined;
  }
}

const refusal = (code: number, errorType: string): Note => ({
  level: 'warn',
  text: `Cannot read GPUs: NVML answered ${code} (${errorType}): trying again once a minute`,
});
