import type { GpuIdentity, GpuReading } from '../snapshot/reading.ts';
import { FieldBatch } from './fields.ts';
import { PCI_INFO } from './layouts.ts';
import { cText, type NvmlSession, type Target } from './session.ts';

const UUID_LENGTH = 96;
const NAME_LENGTH = 96;
const SERIAL_LENGTH = 30;
const VBIOS_LENGTH = 32;

/** A device, with what is kept about it between cycles. */
export class NvmlDevice implements Target {
  readonly handle: bigint;
  readonly identity: GpuIdentity;
  readonly closed: Set<string> = new Set();
  readonly fields: FieldBatch = new FieldBatch();
  isLost: boolean = false;
  isCorrupt: boolean = false;
  isStale: boolean = false;
  isMig: boolean = false;
  /** Newest time stamp of the samples of processes, in the driver's microseconds. */
  processesSeenUs: bigint = 0n;
  uncorrected: bigint | undefined;
  /** What hardly ever changes, and when it was read; `undefined` to read it in the next cycle. */
  limits: { readonly readAtUs: number; readonly reading: Partial<GpuReading> } | undefined;

  constructor(handle: bigint, identity: GpuIdentity) {
    this.handle = handle;
    this.identity = identity;
  }

  get label(): string {
    return this.identity.name;
  }
}

export interface SystemFacts {
  readonly driverVersion?: string;
  readonly cudaVersion?: string;
}

/** The device behind a handle; `undefined` when it has no UUID to be known by. */
export function identify(
  session: NvmlSession,
  handle: bigint,
  facts: SystemFacts & { readonly index: number },
): NvmlDevice | undefined {
  const { index, driverVersion, cudaVersion } = facts;
  const name = `gpu${index}`;
  const target: Target = {
    handle,
    label: name,
    closed: new Set(),
    isLost: false,
    isCorrupt: false,
    isStale: false,
  };
  const id = session.text(target, 'nvmlDeviceGetUUID', UUID_LENGTH);
  if (id === undefined) return undefined;
  const texts = {
    model: session.text(target, 'nvmlDeviceGetName', NAME_LENGTH),
    serial: session.text(target, 'nvmlDeviceGetSerial', SERIAL_LENGTH),
    firmwareVersion: session.text(target, 'nvmlDeviceGetVbiosVersion', VBIOS_LENGTH),
    busId: readBusId(session, target),
    driverVersion,
    cudaVersion,
  };
  const known = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
  return new NvmlDevice(handle, { id, name, vendor: 'NVIDIA', index, ...known });
}

function readBusId(session: NvmlSession, target: Target): string | undefined {
  const { scratch } = session;
  if (!session.ask(target, { name: 'nvmlDeviceGetPciInfo_v3', args: [scratch] })) return undefined;
  return cText(scratch.subarray(PCI_INFO.fields.busId, PCI_INFO.size));
}

/** Versions of the driver and of CUDA. */
export function systemFacts({ library, scratch }: NvmlSession): SystemFacts {
  const length = 80;
  const driver =
    library.call('nvmlSystemGetDriverVersion', scratch, length) === 0
      ? cText(scratch.subarray(0, length))
      : undefined;
  // Not the `_v2`: it asks libcuda, which a container may not have.
  const cuda =
    library.call('nvmlSystemGetCudaDriverVersion', scratch) === 0 ? scratch.readInt32LE(0) : 0;
  const major = Math.floor(cuda / 1000);
  const minor = Math.floor((cuda % 1000) / 10);
  return {
    ...(driver === undefined ? {} : { driverVersion: driver }),
    ...(cuda > 0 ? { cudaVersion: `${major}.${minor}` } : {}),
  };
}
