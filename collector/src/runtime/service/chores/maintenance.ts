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
  /** Called at every tick. */
  readonly checkClock: () => void;
}

const TICK_MS = 1000;

/** Runs the chores of the service, one at a time. A job that fails is logged and tried again. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #jobs: { readonly job: MaintenanceJob; dueMs: number }[];
  #cancel: CancelTimer = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = true;

  constructor(jobs: readonly MaintenanceJob[], options: MaintenanceOptions) {
    this.#options = options;
    this.#jobs = jobs.map((job) => ({ job, dueMs: 0 }));
  }

  start(): void {
    this.#isStopped = false;
    const nowMs = this.#options.clock.nowMs();
    for (const each of this.#jobs) each.dueMs = nowMs + each.job.everyMs;
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
    this.#options.checkClock();
    const nowMs = this.#options.clock.nowMs();
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
}
