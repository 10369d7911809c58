import { Lane } from '../../../notify/stages/sending/lane.ts';
import type { RateLimit } from '../../../notify/stages/sending/token-bucket.ts';

/** A lane with the messages that wait for it, by their numbers. */
export interface ActiveLane {
  readonly lane: Lane;
  readonly destination: string;
  /** Rows that may be sent, in their order. */
  readonly ready: number[];
  /** Rows that wait for their own time. */
  readonly delayed: Set<number>;
  lastError: string;
  /** The number of its last message, for turns. */
  lastBegun: number;
}

/** The lanes of all destinations. A lane goes when no configuration names it and it is empty. */
export class ActiveLanes {
  readonly #lanes: Map<string, ActiveLane> = new Map();
  #wanted: ReadonlySet<string> = new Set();

  get size(): number {
    return this.#lanes.size;
  }

  values(): IterableIterator<ActiveLane> {
    return this.#lanes.values();
  }

  get(destination: string): ActiveLane | undefined {
    return this.#lanes.get(destination);
  }

  /** @param pausedUntilMs what the destination asked a former run for. */
  open(
    destination: string,
    {
      limit,
      pausedUntilMs,
      nowMs,
    }: {
      readonly limit: RateLimit | undefined;
      readonly pausedUntilMs: number;
      readonly nowMs: number;
    },
  ): ActiveLane {
    const lane = new Lane(limit, nowMs);
    lane.bucket.pause(pausedUntilMs);
    const active = {
      lane,
      destination,
      ready: [],
      delayed: new Set<number>(),
      lastError: '',
      lastBegun: 0,
    };
    this.#lanes.set(destination, active);
    return active;
  }

  /** Destinations of the configuration that holds now. */
  setWanted(destinations: ReadonlySet<string>): void {
    this.#wanted = destinations;
    for (const { ready, delayed } of this.#lanes.values()) {
      ready.length = 0;
      delayed.clear();
    }
  }

  /** Forgets lanes that nothing needs any more. */
  closeUnused(): void {
    for (const [destination, { lane, ready, delayed }] of this.#lanes) {
      if (this.#wanted.has(destination)) continue;
      if (ready.length + delayed.size + lane.inFlight === 0) this.#lanes.delete(destination);
    }
  }

  /** In turns, and those that work before those that fail. */
  inTurn(): readonly ActiveLane[] {
    return [...this.#lanes.values()].sort(
      (left, right) => urgency(left.lane) - urgency(right.lane) || left.lastBegun - right.lastBegun,
    );
  }
}

function urgency(lane: Lane): number {
  if (lane.isTrusted) return 0;
  return lane.failingSinceMs === undefined ? 1 : 2;
}
