import { NvidiaSmiReader } from '../nvidia-smi/reader.ts';
import { loadKoffi } from '../nvml/foreign-functions.ts';
import { type CallWatch, libraryPaths, NvmlLibrary } from '../nvml/library.ts';
import { NvmlReader } from '../nvml/reader.ts';
import type { Collection, Note, ReaderName } from '../snapshot/reading.ts';
import { hasCards, SysfsReader, type SysfsVendor } from '../sysfs/reader.ts';
import { openTree } from '../sysfs/tree.ts';
import { findCommand } from './find-command.ts';
import type { SamplerOptions } from './options.ts';

/** Reads the devices of one vendor in one way. */
export interface Reader {
  readonly name: ReaderName;
  read(nowUs: number): Collection;
  close(): void;
}

/** The readers of this machine, and why others are not used. */
export interface Readers {
  readonly readers: readonly Reader[];
  readonly notes: readonly Note[];
}

const COMMAND = 'nvidia-smi';

/** Chooses one reader a vendor: NVML before nvidia-smi, and the kernel's files for the others. */
export function createReaders(options: SamplerOptions, watch: CallWatch): Readers {
  const notes: Note[] = [];
  const wants = (name: ReaderName): boolean => options.reader === 'auto' || options.reader === name;
  const nvml = wants('nvml') ? createNvml(options, watch, notes) : undefined;
  const nvidia = nvml ?? (wants('nvidia-smi') ? createNvidiaSmi(options, notes) : undefined);
  const others = (['amdgpu', 'intel'] as const).filter(wants);
  return {
    readers: [
      ...(nvidia === undefined ? [] : [nvidia]),
      ...others.flatMap((vendor) => createSysfs(options, vendor)),
    ],
    notes,
  };
}

function createNvml(options: SamplerOptions, watch: CallWatch, notes: Note[]): Reader | undefined {
  const isAsked = options.reader === 'nvml' || options.nvmlLibrary !== undefined;
  try {
    const koffi = loadKoffi(options.places);
    const library = new NvmlLibrary(
      koffi,
      libraryPaths(options.nvmlLibrary, process.platform),
      watch,
    );
    return new NvmlReader(library, {
      processes: options.processes,
      pid: options.pid,
      wantsGpm: options.gpm,
      devices: options.devices,
    });
  } catch (cause) {
    notes.push({ level: isAsked ? 'warn' : 'debug', text: reasonOf(cause) });
    return undefined;
  }
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'MODULE_NOT_FOUND') return 'Cannot use NVML: the package koffi is not installed';
  if (code === 'ERR_DLOPEN_DISABLED') {
    return 'Cannot use NVML: the permission model of Node.js needs --allow-addons';
  }
  return `Cannot use NVML: ${message}`;
}

function createNvidiaSmi(options: SamplerOptions, notes: Note[]): Reader | undefined {
  const command = findCommand(COMMAND, process.env, process.platform);
  if (command === undefined) return undefined;
  notes.push({
    level: 'info',
    text: 'Reading GPUs with nvidia-smi, which has no energy, errors by number or link traffic: install koffi to read NVML',
  });
  return new NvidiaSmiReader({
    command,
    intervalMs: options.intervalMs,
    devices: options.devices,
  });
}

function createSysfs(options: SamplerOptions, vendor: SysfsVendor): readonly Reader[] {
  const tree = openTree(options.sysfsRoot);
  if (!hasCards(tree, vendor)) return [];
  const { pid, devices } = options;
  return [
    new SysfsReader(tree, { vendor, pid, devices, wantsProcesses: options.processes !== 'none' }),
  ];
}
