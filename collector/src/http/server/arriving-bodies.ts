export interface ArrivingBodiesOptions {
  /** Bodies that may arrive at the same time. */
  readonly bodiesMax: number;
  /** And from one address. */
  readonly bodiesPerAddressMax: number;
  /** What all of them may hold so far. */
  readonly bytesMax: number;
  /** A body slower than this, once it had the grace, is cut off. */
  readonly bytesPerSecondMin: number;
  readonly graceMs: number;
}

/** A metric exporter on a bad line is far faster than this; a client that only holds a place is not. */
export const DEFAULT_ARRIVING_BODIES: ArrivingBodiesOptions = Object.freeze({
  bodiesMax: 256,
  bodiesPerAddressMax: 128,
  bytesMax: 256 * 2 ** 20,
  bytesPerSecondMin: 1024,
  graceMs: 5000,
});

/** Why a body is not read to its end: it is too slow, or others need its place or its memory. */
export type CutReason = 'too slow' | 'too many';

/** The place of one body while it arrives. */
export interface ArrivingBody {
  /** Takes note of bytes that came. */
  add(bytes: number): void;
  /** Gives the place back; once is enough. */
  leave(): void;
}

interface Place {
  readonly address: string;
  readonly sinceMs: number;
  readonly cut: (reason: CutReason) => void;
  bytes: number;
}

/** A body that came a moment ago keeps its place, however many want one. */
const YOUNG_MS = 1000;
const SWEEP_MS = 1000;

/**
 * The bodies that are arriving, over all connections of a listener. They take places of their own,
 * so that clients who never finish theirs hold up no other client: the oldest of too many goes.
 */
export class ArrivingBodies {
  readonly #options: ArrivingBodiesOptions;
  /** In the order of their arrival. */
  readonly #places: Set<Place> = new Set();
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ArrivingBodiesOptions = DEFAULT_ARRIVING_BODIES) {
    this.#options = options;
  }

  get count(): number {
    return this.#places.size;
  }

  /**
   * A place for a body of an address.
   *
   * @param cut called when the body has to be given up; it has left by then.
   * @returns `undefined` when every place is taken by a body that only just began.
   */
  enter(address: string, cut: (reason: CutReason) => void): ArrivingBody | undefined {
    const { bodiesMax, bodiesPerAddressMax } = this.#options;
    const own = [...this.#places].filter((place) => place.address === address);
    if (own.length >= bodiesPerAddressMax && !this.#cutOldest(own)) return undefined;
    if (this.#places.size >= bodiesMax && !this.#cutOldest([...this.#places])) return undefined;
    const place = { address, sinceMs: performance.now(), cut, bytes: 0 };
    this.#places.add(place);
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    return {
      add: (bytes) => this.#add(place, bytes),
      leave: () => this.#leave(place),
    };
  }

  #add(place: Place, bytes: number): void {
    if (!this.#places.has(place)) return;
    place.bytes += bytes;
    this.#bytes += bytes;
    if (this.#bytes > this.#options.bytesMax) this.#cut(place, 'too many');
  }

  #leave(place: Place): void {
    if (!this.#places.delete(place)) return;
    this.#bytes -= place.bytes;
    if (this.#places.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #cut(place: Place, reason: CutReason): void {
    this.#leave(place);
    place.cut(reason);
  }

  #cutOldest(places: readonly Place[]): boolean {
    const [oldest] = places;
    if (oldest === undefined || performance.now() - oldest.sinceMs < YOUNG_MS) return false;
    this.#cut(oldest, 'too many');
    return true;
  }

  #sweep(): void {
    const { graceMs, bytesPerSecondMin } = this.#options;
    const nowMs = performance.now();
    for (const place of this.#places) {
      const ageMs = nowMs - place.sinceMs;
      const wanted = (bytesPerSecondMin * (ageMs - graceMs)) / 1000;
      if (ageMs > graceMs && place.bytes < wanted) this.#cut(place, 'too slow');
    }
  }
}
