import type { CancelTimer, Clock } from '../../clock.ts';
import type { Log } from '../../log.ts';

export interface MaintenanceJob {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (nowMs: number) => void | Promise<void>;
}

export interface MaintenanceOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly monotonicMs: () => number;
}

const TICK_MS = 1000;

/** The wall clock moved this far from the monotonic one within a tick: somebody has set it. */
const CLOCK_JUMP_MS = 60_000;

/** Runs the chores of the service, one at a time. A job that fails is logged and tried again. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #jobs: { readonly job: MaintenanceJob; dueMs: number }[];
  #cancel: CancelTimer = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = true;
  #lastMs = 0;
  #lastMonotonicMs = 0;

  constructor(jobs: readonly MaintenanceJob[], options: MaintenanceOptions) {
    this.#options = options;
    this.#jobs = jobs.map((job) => ({ job, dueMs: 0 }));
  }

  start(): void {
    this.#isStopped = false;
    const { clock, monotonicMs } = this.#options;
    this.#lastMs = clock.nowMs();
    this.#lastMonotonicMs = monotonicMs();
    for (const each of this.#jobs) each.dueMs = this.#lastMs + each.job.everyMs;
    this.#arm();
  }

  /** Waits for the job that runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel();
    await this.#running;
  }

  #arm(): void {
    this.#cancel = this.#options.clock.setTimer(TICK_MS, () => {
      this.#running = this.#tick();
    });
  }

  async #tick(): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    this.#checkClock(nowMs);
    for (const each of this.#jobs) {
      // A clock that was set back must not put a job off until it has caught up.
      const isDue = nowMs >= each.dueMs || each.dueMs - nowMs > each.job.everyMs;
      if (!isDue || this.#isStopped) continue;
      each.dueMs = nowMs + each.job.everyMs;
      await this.#run(each.job, nowMs);
    }
    if (!this.#isStopped) this.#arm();
  }

  async #run({ name, run }: MaintenanceJob, nowMs: number): Promise<void> {
    try {
      await run(nowMs);
    } catch (error) {
      this.#options.log.error({ job: name, error: String(error) }, 'A maintenance job failed');
    }
  }

  #checkClock(nowMs: number): void {
    const { monotonicMs, log } = this.#options;
    const elapsedMs = monotonicMs() - this.#lastMonotonicMs;
    const jumpMs = Math.round(nowMs - this.#lastMs - elapsedMs);
    if (Math.abs(jumpMs) > CLOCK_JUMP_MS) log.warn({ jumpMs }, 'The wall clock was set');
    this.#lastMs = nowMs;
    this.#lastMonotonicMs = monotonicMs();
  }
}
