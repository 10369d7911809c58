/** An alertname that was flooded counts as such until none was refused for this long. */
const CALM_MS = 5 * 60_000;

/** Names of floods that are told apart; alertnames come from others. */
const NAMES_MAX = 50;

/** Alerts of one name for which there was no room. */
export interface Flood {
  readonly alertname: string;
  readonly refused: number;
}

interface OpenFlood {
  refused: number;
  lastMs: number;
}

/** Which posted alerts there is no room for, and which floods go on. */
export class FloodGuard {
  /** Alerts that were refused since the start. */
  refused = 0;
  readonly #floods: Map<string, OpenFlood> = new Map();

  /**
   * Notes a refused alert.
   *
   * @returns the flood when it is news.
   */
  refuse(alertname: string, nowMs: number): Flood | undefined {
    this.refused += 1;
    const isKnown = this.#floods.has(alertname) || this.#floods.size < NAMES_MAX;
    const name = isKnown ? alertname : 'others';
    const open = this.#floods.get(name);
    if (open !== undefined) {
      open.refused += 1;
      open.lastMs = nowMs;
      return undefined;
    }
    this.#floods.set(name, { refused: 1, lastMs: nowMs });
    return { alertname: name, refused: 1 };
  }

  /** Floods that are over; they are forgotten. */
  takeEnded(nowMs: number): readonly Flood[] {
    const ended: Flood[] = [];
    for (const [alertname, { refused, lastMs }] of this.#floods) {
      if (Math.abs(nowMs - lastMs) < CALM_MS) continue;
      this.#floods.delete(alertname);
      ended.push({ alertname, refused });
    }
    return ended;
  }
}

/** Room for posted alerts while one request is read: how many of each name fire now. */
export class AlertRoom {
  readonly #max: number;
  readonly #countOf: (alertname: string) => number;
  readonly #counts: Map<string, number> = new Map();

  /** @param max infinity is no limit. @param countOf asked once for each name. */
  constructor(max: number, countOf: (alertname: string) => number) {
    this.#max = max;
    this.#countOf = countOf;
  }

  /** Whether there is room for one more of this name; it is taken then. */
  take(alertname: string): boolean {
    if (this.#max === Number.POSITIVE_INFINITY) return true;
    const count = this.#counts.get(alertname) ?? this.#countOf(alertname);
    const hasRoom = count < this.#max;
    this.#counts.set(alertname, hasRoom ? count + 1 : count);
    return hasRoom;
  }
}
