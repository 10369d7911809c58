import type { RuleRunner } from '../../evaluate/rule-runner.ts';
import type { Log } from '../../log.ts';
import type { FaultReport } from '../service-signals.ts';

/** Why the service cannot do all of its work. Each fault is logged and alerted on once. */
export class ServiceFaults {
  readonly #faults: Set<string> = new Set();
  readonly #runner: RuleRunner;
  readonly #log: Log;

  constructor(runner: RuleRunner, log: Log) {
    this.#runner = runner;
    this.#log = log;
  }

  /** In the order they came; empty when all is well. */
  list(): readonly string[] {
    return [...this.#faults];
  }

  /** A state that is expected, such as starting: not ready, and nothing to alert on. */
  enter(state: string): void {
    this.#faults.add(state);
  }

  leave(state: string): void {
    this.#faults.delete(state);
  }

  /** Takes note of a fault, or of its end. */
  report({ fault, error }: FaultReport): void {
    if (error === undefined) {
      if (!this.#faults.delete(fault)) return;
      this.#log.info({}, `No longer true: ${fault}`);
      this.#runner.clear('TelltaleCannotWrite', fault);
      return;
    }
    if (this.#faults.has(fault)) return;
    this.#faults.add(fault);
    const text = error instanceof Error ? error.message : 'unknown error';
    this.#log.error({ error: text }, `Degraded: ${fault}`);
    this.#runner.raise('TelltaleCannotWrite', fault, `Degraded: ${fault}: ${text}`);
  }
}
