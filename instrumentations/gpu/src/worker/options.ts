import type { ReaderName } from '../snapshot/reading.ts';

/** What a sampler needs to know; crosses the border of the thread. */
export interface SamplerOptions {
  readonly reader: 'auto' | ReaderName;
  readonly intervalMs: number;
  /** UUIDs or indices; `undefined` for all. */
  readonly devices?: readonly string[] | undefined;
  readonly nvmlLibrary?: string | undefined;
  readonly processes: 'self' | 'all' | 'none';
  readonly gpm: boolean;
  /** Folder in front of `/sys` and `/proc`. */
  readonly sysfsRoot: string;
  /** Files or folders from which koffi is looked for. */
  readonly places: readonly string[];
  readonly pid: number;
}
