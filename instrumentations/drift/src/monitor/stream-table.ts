import type { Diagnostics } from '../diagnostics.ts';
import { isOverflow, OVERFLOW, streamId } from '../stream/stream-id.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import type { StreamSnapshot } from '../stream/stream-snapshot.ts';
import type { DriftOptions, StreamKey, StreamKind } from '../types.ts';

/** To look for one costs a pass over all streams, which not every record may. */
const LOOK_EVERY_MS = 60_000;
/** A stream without values for so long may make room for another one. */
const IDLE_MS = 3_600_000;

/** Where streams without values go, and come back from. */
export interface StreamArchive {
  /** @returns whether the stream is kept */
  put(id: string, stream: StreamSnapshot): boolean;
  /** The stream as it was put away; nothing when it never was. */
  take(id: string): StreamSnapshot | undefined;
}

export interface StreamTableParts {
  readonly options: DriftOptions;
  readonly diagnostics: Diagnostics;
  readonly archive: StreamArchive | undefined;
  /** @throws {Error} when the snapshot does not fit */
  readonly create: (key: StreamKey, kind: StreamKind, snapshot?: StreamSnapshot) => StreamMonitor;
  /** Called with each stream that has come into the table by itself. */
  readonly onAdded: (stream: StreamMonitor) => void;
}

/** How many records a stream had when it was looked at. */
interface Sighting {
  readonly records: number;
  readonly atMs: number;
}

/** The streams of a process, at most so many; the rest share one. */
export class StreamTable {
  readonly #parts: StreamTableParts;
  readonly #streams = new Map<string, StreamMonitor>();
  readonly #sightings = new WeakMap<StreamMonitor, Sighting>();
  /** How many seasons each stream has so far: one of them is fed at a time. */
  readonly #seasons = new Map<string, number>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  /** How often streams left or were replaced: what was found before may no longer be there. */
  departures = 0;
  /** How often a stream was asked for beyond the limit. */
  overflowed = 0;

  constructor(parts: StreamTableParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Streams that are fed at a time: the seasons of one take turns. */
  get concurrent(): number {
    return this.#seasons.size;
  }

  find(id: string): StreamMonitor | undefined {
    return this.#streams.get(id);
  }

  values(): IterableIterator<StreamMonitor> {
    return this.#streams.values();
  }

  replace(streams: readonly StreamMonitor[]): void {
    this.departures += 1;
    this.#streams.clear();
    this.#seasons.clear();
    for (const stream of streams) this.#add(streamId(stream.key), stream);
  }

  /** The stream of a key, made when there is none; the shared one when there is no room. */
  obtain(key: StreamKey, kind: StreamKind): StreamMonitor {
    const id = streamId(key);
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    if (this.#streams.size >= this.#parts.options.streamsMax && !isOverflow(key)) {
      if (!this.#makeRoom()) return this.#shared(key);
    }
    const created = this.#fromArchive(id, key, kind) ?? this.#parts.create(key, kind);
    this.#add(id, created);
    this.#parts.onAdded(created);
    return created;
  }

  #add(id: string, stream: StreamMonitor): void {
    if (!this.#streams.has(id)) this.#countSeasons(id, stream, 1);
    this.#streams.set(id, stream);
  }

  #countSeasons(own: string, { key }: StreamMonitor, change: 1 | -1): void {
    const { season, ...plain } = key;
    const id = season === undefined ? own : streamId(plain);
    const seasons = (this.#seasons.get(id) ?? 0) + change;
    if (seasons > 0) this.#seasons.set(id, seasons);
    else this.#seasons.delete(id);
  }

  #shared({ name }: StreamKey): StreamMonitor {
    this.overflowed += 1;
    const { diagnostics, options } = this.#parts;
    diagnostics.once(
      'streams_overflow',
      '',
      `Cannot watch the stream "${name}" by itself: streamsMax is reached, so it and further ones share one; current value is ${options.streamsMax}`,
    );
    return this.obtain(OVERFLOW, 'categorical');
  }

  #fromArchive(id: string, key: StreamKey, kind: StreamKind): StreamMonitor | undefined {
    const { archive, create, diagnostics } = this.#parts;
    const snapshot = archive?.take(id);
    if (snapshot === undefined || snapshot.kind !== kind) return undefined;
    try {
      return create(key, kind, snapshot);
    } catch {
      const message = `Cannot read the saved state of the stream "${key.name}": it starts again`;
      diagnostics.once('state_ignored', id, message);
      return undefined;
    }
  }

  /** Lets go of the stream that was idle for longest. @returns whether there was one */
  #makeRoom(): boolean {
    const nowMs = this.#parts.options.now();
    if (nowMs >= this.#lookedMs && nowMs - this.#lookedMs < LOOK_EVERY_MS) return false;
    this.#lookedMs = nowMs;
    let idlest: { readonly id: string; readonly sinceMs: number } | undefined;
    for (const [id, stream] of this.#streams) {
      const sinceMs = this.#idleSince(stream, nowMs);
      const isIdle = nowMs - sinceMs > IDLE_MS && !isOverflow(stream.key);
      if (isIdle && (idlest === undefined || sinceMs < idlest.sinceMs)) idlest = { id, sinceMs };
    }
    return idlest !== undefined && this.#evict(idlest.id);
  }

  /**
   * Since when a stream has been silent, as far as that is known: to note the time of every record
   * would cost each of them a look at the clock.
   */
  #idleSince(stream: StreamMonitor, nowMs: number): number {
    const { records } = stream;
    const last = this.#sightings.get(stream);
    if (last?.records === records) return Math.min(last.atMs, nowMs);
    this.#sightings.set(stream, { records, atMs: nowMs });
    return nowMs;
  }

  #evict(id: string): boolean {
    const { archive, diagnostics } = this.#parts;
    const stream = this.#streams.get(id);
    if (stream === undefined) return false;
    // What cannot be kept stays in memory: a baseline is worth more than a new stream.
    if (archive !== undefined && !archive.put(id, stream.snapshot())) return false;
    this.departures += 1;
    this.#streams.delete(id);
    this.#countSeasons(id, stream, -1);
    const kept = archive === undefined ? 'forgotten' : 'put away';
    const message = `The stream "${stream.key.name}" was idle for an hour and is ${kept} to make room`;
    diagnostics.once('stream_evicted', '', message);
    return true;
  }
}
