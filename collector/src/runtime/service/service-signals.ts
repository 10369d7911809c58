import type { ShownChange } from '../../exchange/shown-change.ts';
import type { MetricBatch } from '../../otlp/metric-batch.ts';
import type { AlertChange } from '../../rules/alert/alert-rule.ts';
import type { RuleSample } from '../../rules/evaluation.ts';
import type { OutboxRow } from '../sqlite/outbox.ts';

/** Something that happens again and again, told to all listeners. */
export class Signal<Value> {
  readonly #listeners: ((value: Value) => void)[] = [];

  listen(listener: (value: Value) => void): void {
    this.#listeners.push(listener);
  }

  tell(value: Value): void {
    for (const listener of this.#listeners) listener(value);
  }
}

/** A part that cannot do its work; an `error` of `undefined` means that it can again. */
export interface FaultReport {
  readonly fault: string;
  readonly error: unknown;
}

export interface TakenBatch {
  readonly batch: MetricBatch;
  readonly nowMs: number;
}

export interface MissedSlots {
  readonly groupKey: string;
  readonly missed: number;
  /** Ticks in a row with misses. */
  readonly inARow: number;
}

export interface ReceiverHealth {
  readonly receiver: string;
  readonly isFailing: boolean;
  readonly error: string;
}

export interface FloodReport {
  readonly alertname: string;
  readonly isOver: boolean;
}

/**
 * What the parts of the service tell each other. A part tells its signal and knows no listener, so
 * parts can be made in any order that their own inputs allow; `reactions.ts` says who listens.
 */
export class ServiceSignals {
  /** Samples of a request were stored; the time they arrived. */
  readonly stored: Signal<number> = new Signal();
  /** A metric request was taken, or read again from the log. */
  readonly batch: Signal<TakenBatch> = new Signal();
  /** Samples of fleet drift were stored. */
  readonly fleetStored: Signal<undefined> = new Signal();
  /** Rules wrote samples. */
  readonly recorded: Signal<readonly RuleSample[]> = new Signal();
  /** Transitions were committed, perhaps with messages to send. */
  readonly committed: Signal<undefined> = new Signal();
  /** A message is the first of its chain in the outbox. */
  readonly queued: Signal<OutboxRow> = new Signal();
  /** A receiver fails for long or for good, or works again. */
  readonly receiverHealth: Signal<ReceiverHealth> = new Signal();
  /** Posted alerts of one name find no room, or do again. */
  readonly flood: Signal<FloodReport> = new Signal();
  /** Alerts of rules changed, pending ones too. */
  readonly transitions: Signal<readonly AlertChange[]> = new Signal();
  /** Something else that a page shows has changed. */
  readonly shown: Signal<ShownChange> = new Signal();
  /** The wall clock was set, by so many milliseconds. */
  readonly clockSet: Signal<number> = new Signal();
  readonly fault: Signal<FaultReport> = new Signal();
  /** Slots went by without an evaluation. */
  readonly missed: Signal<MissedSlots> = new Signal();
}
