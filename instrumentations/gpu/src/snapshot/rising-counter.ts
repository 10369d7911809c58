const WRAP_32 = 1n << 32n;

interface CounterState {
  last: bigint;
  offset: bigint;
}

/**
 * Makes raw counters of a driver rise forever. The first reading sets no offset, so values equal
 * the driver's own and join between processes; a driver that was reloaded goes on where it was.
 */
export class RisingCounters {
  readonly #states = new Map<string, CounterState>();

  /**
   * The value behind `key`.
   *
   * @param wrapsAt32 the counter may be 32 bits wide: a fall by more than half of that is a wrap,
   *   any other fall is a reset.
   */
  update(key: string, raw: bigint, wrapsAt32: boolean = false): bigint {
    const state = this.#states.get(key);
    if (state === undefined) {
      this.#states.set(key, { last: raw, offset: 0n });
      return raw;
    }
    if (raw < state.last) {
      const isWrap = wrapsAt32 && state.last < WRAP_32 && state.last - raw > WRAP_32 / 2n;
      state.offset += isWrap ? WRAP_32 : state.last;
    }
    state.last = raw;
    return state.offset + raw;
  }

  /** Forgets the counters of devices that are gone. */
  keepOnly(isAlive: (key: string) => boolean): void {
    for (const key of this.#states.keys()) if (!isAlive(key)) this.#states.delete(key);
  }
}
