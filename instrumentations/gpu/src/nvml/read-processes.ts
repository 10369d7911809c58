import type { GpuProcess, TaskShares } from '../snapshot/reading.ts';
import type { NvmlDevice } from './device.ts';
import { PROCESS_INFO, PROCESS_SAMPLE } from './layouts.ts';
import { INSUFFICIENT_SIZE, OK } from './return-code.ts';
import type { NvmlSession, Target } from './session.ts';

const PERCENT = 100;
const PROCESSES_START = 32;
/** A driver that asks for more than this lies. */
const PROCESSES_MAX = 65_536;
const MEMORY_UNKNOWN = 0xff_ff_ff_ff_ff_ff_ff_ffn;
const NOT_FOUND = 6;

let infos = Buffer.alloc(PROCESSES_START * PROCESS_INFO.size);
let samples = Buffer.alloc(PROCESSES_START * PROCESS_SAMPLE.size);

/** The processes with a compute context on a device; `undefined` when they cannot be listed. */
export function readProcesses(
  session: NvmlSession,
  device: NvmlDevice,
): readonly GpuProcess[] | undefined {
  const listed = listProcesses(session, device);
  if (listed === undefined || listed.length === 0) return listed;
  const shares = device.isMig ? undefined : readShares(session, device);
  if (shares === undefined) return listed;
  // No sample since the last cycle: the process kept nothing busy.
  return listed.map((one) => ({ ...one, utilization: shares.get(one.pid) ?? { general: 0 } }));
}

/** The list of a device or of a MIG instance. The driver says how much room it needs. */
export function listProcesses(
  session: NvmlSession,
  target: Target,
): readonly GpuProcess[] | undefined {
  const { scratch } = session;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    scratch.writeUInt32LE(infos.length / PROCESS_INFO.size, 0);
    const code = session.code(target, {
      name: 'nvmlDeviceGetComputeRunningProcesses_v3',
      args: [scratch, infos],
    });
    const count = scratch.readUInt32LE(0);
    if (code === OK) return decodeProcesses(Math.min(count, infos.length / PROCESS_INFO.size));
    if (code === NOT_FOUND) return [];
    if (code !== INSUFFICIENT_SIZE || count > PROCESSES_MAX) return undefined;
    // Some room beyond, as processes may start meanwhile.
    infos = Buffer.alloc((count + PROCESSES_START) * PROCESS_INFO.size);
  }
  return undefined;
}

function decodeProcesses(count: number): readonly GpuProcess[] {
  const processes: GpuProcess[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = index * PROCESS_INFO.size;
    const used = infos.readBigUInt64LE(at + PROCESS_INFO.fields.usedGpuMemory);
    processes.push({
      pid: infos.readUInt32LE(at + PROCESS_INFO.fields.pid),
      ...(used === MEMORY_UNKNOWN ? {} : { memoryBytes: Number(used) }),
    });
  }
  return processes;
}

/** Mean shares by process of the samples since the last cycle. */
function readShares(
  session: NvmlSession,
  device: NvmlDevice,
): ReadonlyMap<number, TaskShares> | undefined {
  const { scratch } = session;
  const name = 'nvmlDeviceGetProcessUtilization';
  scratch.writeUInt32LE(0, 0);
  const sized = session.code(device, { name, args: [null, scratch, device.processesSeenUs] });
  if (sized === NOT_FOUND || sized === OK) return new Map();
  const needed = scratch.readUInt32LE(0);
  if (sized !== INSUFFICIENT_SIZE || needed > PROCESSES_MAX) return undefined;
  if (samples.length < needed * PROCESS_SAMPLE.size) {
    samples = Buffer.alloc((needed + PROCESSES_START) * PROCESS_SAMPLE.size);
  }
  scratch.writeUInt32LE(samples.length / PROCESS_SAMPLE.size, 0);
  const code = session.code(device, { name, args: [samples, scratch, device.processesSeenUs] });
  if (code === NOT_FOUND) return new Map();
  if (code !== OK) return undefined;
  return meanShares(
    device,
    Math.min(scratch.readUInt32LE(0), samples.length / PROCESS_SAMPLE.size),
  );
}

function meanShares(device: NvmlDevice, count: number): ReadonlyMap<number, TaskShares> {
  const sums = new Map<number, { n: number; sm: number; enc: number; dec: number }>();
  const { fields } = PROCESS_SAMPLE;
  const sinceUs = device.processesSeenUs;
  for (let index = 0; index < count; index += 1) {
    const at = index * PROCESS_SAMPLE.size;
    const stampUs = samples.readBigUInt64LE(at + fields.timeStamp);
    const pid = samples.readUInt32LE(at + fields.pid);
    if (stampUs <= sinceUs) continue;
    if (stampUs > device.processesSeenUs) device.processesSeenUs = stampUs;
    const sum = sums.get(pid) ?? { n: 0, sm: 0, enc: 0, dec: 0 };
    sum.n += 1;
    sum.sm += samples.readUInt32LE(at + fields.smUtil);
    sum.enc += samples.readUInt32LE(at + fields.encUtil);
    sum.dec += samples.readUInt32LE(at + fields.decUtil);
    sums.set(pid, sum);
  }
  const share = (sum: number, n: number): number => sum / n / PERCENT;
  return new Map(
    [...sums].map(([pid, { n, sm, enc, dec }]) => [
      pid,
      { general: share(sm, n), encoder: share(enc, n), decoder: share(dec, n) },
    ]),
  );
}
