import { Labels, METRIC_NAME_LABEL } from '../../model/labels.ts';
import type { VectorElement } from '../../promql/eval/values.ts';
import type { RuleEnvironment } from '../evaluation.ts';
import type { AlertElement, AlertStatus } from './alert-state.ts';

/** Labels of the two series that show an alert's state. */
export interface StateLabels {
  readonly status: AlertStatus;
  readonly alerts: Labels;
  readonly forState: Labels;
}

/** What a steady rule makes of an element, and what it made it of. */
interface ExpandedElement {
  readonly value: number | undefined;
  readonly externalLabels: Readonly<Record<string, string>>;
  readonly externalUrl: string;
  readonly alert: AlertElement;
}

/**
 * Label sets and texts that follow from others, kept from one evaluation to the next: building them again for
 * a thousand alerts would take longer than everything else. It holds what the last two evaluations
 * asked for, so it is bounded by the number of alerts.
 */
export class LabelCache {
  #alertLabels = new Generations<Labels>();
  #stateLabels = new Generations<StateLabels>();
  #expanded = new Generations<ExpandedElement>();

  startEvaluation(): void {
    this.#alertLabels.turn();
    this.#stateLabels.turn();
    this.#expanded.turn();
  }

  /** The labels of an alert by the labels of its element. */
  alertLabels(element: Labels, make: () => Labels): Labels {
    const known = this.#alertLabels.get(element.key);
    return known ?? this.#alertLabels.set(element.key, make());
  }

  /** The alert of an element, whose texts are expanded again only when its value is another. */
  alertElement(
    { labels, value }: VectorElement,
    { externalLabels, externalUrl }: RuleEnvironment,
    expand: () => AlertElement,
  ): AlertElement {
    const known = this.#expanded.get(labels.key);
    const isSame =
      known !== undefined &&
      Object.is(known.value, value) &&
      known.externalLabels === externalLabels &&
      known.externalUrl === externalUrl;
    if (isSame) return known.alert;
    const alert = expand();
    this.#expanded.set(labels.key, { value, externalLabels, externalUrl, alert });
    return alert;
  }

  /** The labels of `ALERTS` and `ALERTS_FOR_STATE` by the labels and the status of an alert. */
  stateLabels(alert: Labels, status: AlertStatus, make: () => StateLabels): StateLabels {
    const known = this.#stateLabels.get(alert.key);
    return known?.status === status ? known : this.#stateLabels.set(alert.key, make());
  }
}

class Generations<T> {
  #current = new Map<string, T>();
  #previous = new Map<string, T>();

  turn(): void {
    this.#previous = this.#current;
    this.#current = new Map();
  }

  get(key: string): T | undefined {
    const current = this.#current.get(key);
    if (current !== undefined) return current;
    const previous = this.#previous.get(key);
    if (previous !== undefined) this.#current.set(key, previous);
    return previous;
  }

  set(key: string, value: T): T {
    this.#current.set(key, value);
    return value;
  }
}

export function metricLabels(name: string, pairs: readonly (readonly [string, string])[]): Labels {
  return Labels.fromPairs([...pairs, [METRIC_NAME_LABEL, name]]);
}
