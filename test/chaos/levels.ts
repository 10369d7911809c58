import type { GaugePoint } from '../support/collector/alert-service.ts';
import type { ReceivedWebhook } from '../support/collector/service-process.ts';
import type { AcknowledgedSender } from './sender.ts';
import { shownAlerts } from './verdict.ts';

const SEND_EVERY_MS = 200;

/** Values that rules compare with 10, sent again and again, and what receivers must be told of them. */
export class Levels {
  readonly #high: Set<string> = new Set();
  /** How often each unit was raised and lowered. */
  readonly #rises: Map<string, number> = new Map();
  readonly #units: readonly string[];
  readonly #nowMs: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(units: readonly string[], nowMs: () => number = Date.now) {
    this.#units = units;
    this.#nowMs = nowMs;
  }

  raise(units: readonly string[] = this.#units): void {
    for (const unit of units) {
      if (!this.#high.has(unit)) this.#rises.set(unit, (this.#rises.get(unit) ?? 0) + 1);
      this.#high.add(unit);
    }
  }

  lower(units: readonly string[] = this.#units): void {
    for (const unit of units) this.#high.delete(unit);
  }

  sendTo(sender: AcknowledgedSender): void {
    this.#timer = setInterval(() => sender.send(this.#points()), SEND_EVERY_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** What was and was not told, with every unit lowered by now. */
  verdict(received: readonly ReceivedWebhook[], alertnames: readonly string[]): LevelVerdict {
    let lost = 0;
    let falseTransitions = 0;
    for (const alertname of alertnames) {
      for (const unit of this.#units) {
        const told = statusesOf(received, alertname, unit);
        const wanted = 2 * (this.#rises.get(unit) ?? 0);
        lost += Math.max(0, wanted - told.length);
        falseTransitions += Math.max(0, told.length - wanted);
      }
    }
    return { lost, falseTransitions };
  }

  #points(): GaugePoint[] {
    const timeMs = this.#nowMs();
    return this.#units.map((unit) => {
      const value = this.#high.has(unit) ? 20 : 1;
      return { name: 'chaos_level', value, timeMs, attributes: { unit } };
    });
  }
}

export interface LevelVerdict {
  readonly lost: number;
  readonly falseTransitions: number;
}

/** Firing and resolved in turn; a message that says again what the one before said is no change. */
function statusesOf(
  received: readonly ReceivedWebhook[],
  alertname: string,
  unit: string,
): readonly string[] {
  const all = shownAlerts(received)
    .filter((alert) => alert.alertname === alertname && alert.unit === unit)
    .map(({ status }) => status);
  return all.filter((status, index) => status !== (all[index - 1] ?? 'resolved'));
}
