import type { CancelTimer, Clock } from '../../clock.ts';
import type { RuleRunner } from '../../evaluate/rule-runner.ts';
import type { Log } from '../../log.ts';
import type { FaultReport } from '../service-signals.ts';

/** A fault that is back this soon after its end comes and goes. */
const RETURN_MS = 5 * 60_000;

/** One that comes and goes is over when there was none of it for this long. */
const QUIET_MS = 30_000;

/** But the service counts as ready again when there was none of it for this long. */
const READY_MS = 3000;

interface Fault {
  readonly comesAndGoes: boolean;
  /** Ends the wait for its end. */
  cancelEnd: CancelTimer | undefined;
  /** Since when everything works, while its end is waited for. */
  worksSinceMs: number | undefined;
}

export interface FaultParts {
  readonly runner: Pick<RuleRunner, 'raise' | 'clear'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Why the service cannot do all of its work. Each fault is logged and alerted on once.
 *
 * On a disk that is nearly full, one write fails and the next does not. The messages about a fault
 * are written too, so a fault that ended with every write that works would tell of itself without
 * end: from the second time on it must stay away for a while.
 */
export class ServiceFaults {
  readonly #states: Set<string> = new Set();
  readonly #faults: Map<string, Fault> = new Map();
  /** By fault, of which there are a few. */
  readonly #endedMs: Map<string, number> = new Map();
  readonly #parts: FaultParts;

  constructor(parts: FaultParts) {
    this.#parts = parts;
  }

  /** States first, then faults in the order they came; empty when all is well. */
  list(): readonly string[] {
    const nowMs = this.#parts.clock.nowMs();
    const present = [...this.#faults].filter(
      ([, { worksSinceMs = nowMs }]) => nowMs - worksSinceMs < READY_MS,
    );
    return [...this.#states, ...present.map(([name]) => name)];
  }

  /** A state that is expected, such as starting: not ready, and nothing to alert on. */
  enter(state: string): void {
    this.#states.add(state);
  }

  leave(state: string): void {
    this.#states.delete(state);
  }

  /** From now on no fault ends. */
  stop(): void {
    for (const fault of this.#faults.values()) fault.cancelEnd?.();
  }

  /** Takes note of a fault, or that what had failed works. */
  report({ fault, error }: FaultReport): void {
    if (error === undefined) this.#works(fault);
    else this.#fails(fault, error);
  }

  #works(name: string): void {
    const fault = this.#faults.get(name);
    if (fault === undefined) return;
    if (!fault.comesAndGoes) {
      this.#end(name);
      return;
    }
    fault.worksSinceMs ??= this.#parts.clock.nowMs();
    fault.cancelEnd ??= this.#parts.clock.setTimer(QUIET_MS, () => this.#end(name));
  }

  #fails(name: string, error: unknown): void {
    const known = this.#faults.get(name);
    if (known !== undefined) {
      known.cancelEnd?.();
      known.cancelEnd = undefined;
      known.worksSinceMs = undefined;
      return;
    }
    const { clock, log, runner } = this.#parts;
    const sinceMs = clock.nowMs() - (this.#endedMs.get(name) ?? Number.NEGATIVE_INFINITY);
    this.#faults.set(name, {
      comesAndGoes: sinceMs < RETURN_MS,
      cancelEnd: undefined,
      worksSinceMs: undefined,
    });
    const text = error instanceof Error ? error.message : 'unknown error';
    log.error({ error: text }, `Degraded: ${name}`);
    runner.raise('TelltaleCannotWrite', name, `Degraded: ${name}: ${text}`);
  }

  #end(name: string): void {
    const { clock, log, runner } = this.#parts;
    this.#faults.delete(name);
    this.#endedMs.set(name, clock.nowMs());
    log.info({}, `No longer true: ${name}`);
    runner.clear('TelltaleCannotWrite', name);
  }
}
