import type { Labels } from '../../model/labels.ts';
import type { SeriesPlace } from '../evaluation.ts';
import type { AlertElement, AlertStatus } from './alert-state.ts';

/** A series that a rule writes at each evaluation, and where it is stored. */
export interface KnownSeries {
  readonly labels: Labels;
  readonly place: SeriesPlace;
}

/** The two series that show an alert's state. */
export interface StateSeries {
  readonly status: AlertStatus;
  readonly alerts: KnownSeries;
  readonly forState: KnownSeries;
}

/** What is known of an alert. */
export interface KnownAlert {
  readonly labels: Labels;
  /** What the evaluation that has the number `foundIn` found for it. */
  element: AlertElement | undefined;
  foundIn: number;
  series: StateSeries | undefined;
  usedIn: number;
}

/** What a rule made of an element, and what it made it of. */
export interface KnownElement {
  alert: KnownAlert;
  value: number | undefined;
  externalLabels: Readonly<Record<string, string>>;
  externalUrl: string;
  element: AlertElement;
  usedIn: number;
}

/**
 * Label sets, texts and series that follow from others, kept from one evaluation to the next:
 * making them again for a thousand alerts would take longer than everything else. It holds what the
 * last two evaluations asked for, so it is bounded by the number of alerts.
 */
export class AlertMemory {
  #number = 0;
  readonly #elements = new Uses<KnownElement>();
  readonly #alerts = new Uses<KnownAlert>();

  /** The number of the evaluation in progress. */
  get number(): number {
    return this.#number;
  }

  startEvaluation(): void {
    this.#number += 1;
    this.#elements.start(this.#number);
    this.#alerts.start(this.#number);
  }

  /** What is known of an element by its labels. */
  element(labels: Labels): KnownElement | undefined {
    return this.#elements.get(labels.key);
  }

  addElement(labels: Labels, known: Omit<KnownElement, 'usedIn'>): void {
    this.#elements.add(labels.key, { ...known, usedIn: this.#number });
  }

  /** What is known of the alert with these labels, which may be nothing yet. */
  alert(labels: Labels): KnownAlert {
    const known = this.#alerts.get(labels.key);
    if (known !== undefined) return known;
    return this.#alerts.add(labels.key, {
      labels,
      element: undefined,
      foundIn: 0,
      series: undefined,
      usedIn: this.#number,
    });
  }

  /** Says that the evaluation in progress asked for an alert. */
  use(alert: KnownAlert): void {
    this.#alerts.use(alert);
  }
}

/** Entries by key, without those that neither this evaluation nor the one before asked for. */
class Uses<T extends { usedIn: number }> {
  readonly #entries: Map<string, T> = new Map();
  #number = 0;
  #used = 0;

  start(number: number): void {
    if (this.#used < this.#entries.size) {
      for (const [key, { usedIn }] of this.#entries) {
        if (usedIn < this.#number) this.#entries.delete(key);
      }
    }
    this.#number = number;
    this.#used = 0;
  }

  use(entry: T): void {
    if (entry.usedIn === this.#number) return;
    entry.usedIn = this.#number;
    this.#used += 1;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.use(entry);
    return entry;
  }

  /** Adds an entry that is not there yet. */
  add(key: string, entry: T): T {
    this.#entries.set(key, entry);
    this.#used += 1;
    return entry;
  }
}
