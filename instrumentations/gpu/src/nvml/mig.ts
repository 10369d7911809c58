import type { GpuIdentity, GpuReading } from '../snapshot/reading.ts';
import type { NvmlDevice } from './device.ts';
import type { GpmReader } from './gpm.ts';
import { readMemory } from './read-load.ts';
import { listProcesses } from './read-processes.ts';
import { OK } from './return-code.ts';
import type { NvmlSession, Target } from './session.ts';

const TEXT_LENGTH = 96;
const INSTANCES_MAX = 64;

/** A compute instance of a GPU that is divided. */
export interface MigInstance extends Target {
  readonly identity: GpuIdentity;
  readonly gpuInstance: number;
  /** The first of its GPU instance: memory and profiling belong to the GPU instance as a whole. */
  readonly isFirst: boolean;
  /** All members of the GPU instance. */
  readonly fingerprint: string;
}

/** Whether a GPU is divided now; `undefined` where it cannot be. */
export function migMode(session: NvmlSession, device: NvmlDevice): boolean {
  const { scratch } = session;
  const args = [scratch, scratch.subarray(8)];
  return (
    session.ask(device, { name: 'nvmlDeviceGetMigMode', args }) && scratch.readUInt32LE(0) === 1
  );
}

/** The instances of a GPU; slots may be empty in between. */
export function listInstances(session: NvmlSession, device: NvmlDevice): readonly MigInstance[] {
  const max = session.uint32(device, 'nvmlDeviceGetMaxMigDeviceCount') ?? 0;
  const found: Omit<MigInstance, 'isFirst' | 'fingerprint'>[] = [];
  for (let slot = 0; slot < Math.min(max, INSTANCES_MAX); slot += 1) {
    const { library, scratch } = session;
    const code = library.call('nvmlDeviceGetMigDeviceHandleByIndex', device.handle, slot, scratch);
    if (code !== OK) continue;
    const instance = identifyInstance(session, device, scratch.readBigUInt64LE(0));
    if (instance !== undefined) found.push(instance);
  }
  return found.map((one) => {
    const all = found.filter(({ gpuInstance }) => gpuInstance === one.gpuInstance);
    return Object.assign(one, {
      isFirst: all[0] === one,
      fingerprint: all.map(fingerprintOf).join(','),
    });
  });
}

const fingerprintOf = ({ identity }: Pick<MigInstance, 'identity'>): string =>
  `${identity.id}:${identity.mig?.profile ?? ''}:${identity.mig?.computeInstance ?? 0}`;

function identifyInstance(
  session: NvmlSession,
  device: NvmlDevice,
  handle: bigint,
): Omit<MigInstance, 'isFirst' | 'fingerprint'> | undefined {
  const label = `${device.label} MIG`;
  const state = { isLost: false, isCorrupt: false, isStale: false };
  const target: Target = { handle, label, closed: new Set(), ...state };
  const id = session.text(target, 'nvmlDeviceGetUUID', TEXT_LENGTH);
  const gpuInstance = session.uint32(target, 'nvmlDeviceGetGpuInstanceId');
  const computeInstance = session.uint32(target, 'nvmlDeviceGetComputeInstanceId') ?? 0;
  if (id === undefined || gpuInstance === undefined) return undefined;
  const model = session.text(target, 'nvmlDeviceGetName', TEXT_LENGTH);
  // "NVIDIA H200 MIG 1g.18gb"
  const profile = model?.split(' MIG ')[1];
  const { driverVersion, cudaVersion, busId, index, name } = device.identity;
  const identity: GpuIdentity = {
    id,
    name: `${name}/${gpuInstance}/${computeInstance}`,
    parent: device.identity.id,
    vendor: 'NVIDIA',
    index,
    ...(model === undefined ? {} : { model }),
    ...(driverVersion === undefined ? {} : { driverVersion }),
    ...(cudaVersion === undefined ? {} : { cudaVersion }),
    ...(busId === undefined ? {} : { busId }),
    mig: { gpuInstance, computeInstance, ...(profile === undefined ? {} : { profile }) },
  };
  return { ...target, label: identity.name, identity, gpuInstance };
}

/** What one instance tells. Utilization, clocks and power exist for the whole GPU only. */
export function readInstance(
  session: NvmlSession,
  instance: MigInstance,
  how: {
    readonly device: NvmlDevice;
    readonly gpm: GpmReader | undefined;
    readonly wantsProcesses: boolean;
    readonly nowUs: number;
  },
): GpuReading {
  const { device, gpm, nowUs } = how;
  const place = {
    key: JSON.stringify([device.identity.id, instance.gpuInstance]),
    fingerprint: instance.fingerprint,
    gpuInstance: instance.gpuInstance,
  };
  const canProfile = instance.isFirst && session.library.has('nvmlGpmMigSampleGet');
  const profiling = canProfile ? gpm?.read(device, place, nowUs) : undefined;
  const processes = how.wantsProcesses ? listProcesses(session, instance) : undefined;
  return {
    identity: instance.identity,
    state: instance.isLost || device.isLost ? 'failed' : 'ok',
    ...(instance.isFirst ? readMemory(session, instance) : {}),
    ...(profiling === undefined ? {} : { profiling }),
    ...(processes === undefined ? {} : { processes }),
  };
}
