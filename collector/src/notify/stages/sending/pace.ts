/** A message that takes longer than this holds up no other. */
const PACE_MS = 10;

/** The begin of one message. */
export interface Begin {
  readonly atMs: number;
}

/**
 * Begins one message after the other. The next one may follow as soon as the last one is answered;
 * beside one that takes its time, another may begin.
 *
 * What a crash interrupts between a receiver's answer and our note of it is sent again, so few
 * messages are to be in that state.
 */
export class Pace {
  readonly #inFlight: Set<Begin> = new Set();
  #last: Begin | undefined;

  /** How long to wait until another message may be begun. */
  waitMs(nowMs: number): number {
    if (this.#last === undefined) return 0;
    const sinceMs = nowMs - this.#last.atMs;
    // A clock that was set back must not hold up anything.
    return sinceMs < 0 ? 0 : Math.max(0, PACE_MS - sinceMs);
  }

  begin(nowMs: number): Begin {
    const begin = { atMs: nowMs };
    this.#inFlight.add(begin);
    this.#last = begin;
    return begin;
  }

  /** A message was answered; the next one may follow at once, unless a younger one is on its way. */
  end(begin: Begin): void {
    this.#inFlight.delete(begin);
    if (this.#last === begin || this.#inFlight.size === 0) this.#last = undefined;
  }
}
