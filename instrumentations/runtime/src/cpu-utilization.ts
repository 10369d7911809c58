/** CPU time in microseconds, as `process.cpuUsage()` gives it. */
export interface CpuTime {
  readonly user: number;
  readonly system: number;
}

/** Share of the available CPUs that the process used since the last look. */
export class CpuUtilization {
  readonly #cpus: number;
  #last: { readonly time: CpuTime; readonly atMs: number } | undefined;

  constructor(cpus: number) {
    this.#cpus = cpus;
  }

  /** Shares from 0 to 1; `undefined` at the first look and when no time has passed. */
  update(time: CpuTime, nowMs: number): CpuTime | undefined {
    const last = this.#last;
    this.#last = { time, atMs: nowMs };
    if (last === undefined || nowMs <= last.atMs) return undefined;
    const available = (nowMs - last.atMs) * 1000 * this.#cpus;
    const share = (mode: keyof CpuTime): number =>
      Math.min(1, Math.max(0, (time[mode] - last.time[mode]) / available));
    return { user: share('user'), system: share('system') };
  }
}
