import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { isOverflow } from '../stream/stream-id.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import type { BaselineCache } from './baseline-cache.ts';
import type { FleetAnswer, FleetClient } from './fleet-client.ts';
import { fleetPath } from './fleet-path.ts';
import type { LimitedQueue } from './limited-queue.ts';
import { adoptBaseline, misfit, type Report, readBaselineText, unusable } from './offer.ts';
import { ToldOnce } from './told-once.ts';

/** What asking for one stream has come to. */
interface Asked {
  isCacheRead: boolean;
  /** Of the baseline that was adopted last. */
  etag: string | undefined;
}

export interface FleetBaselinesOptions {
  readonly client: FleetClient;
  readonly cache: BaselineCache;
  readonly queue: LimitedQueue;
  readonly report: Report;
}

/**
 * Baselines of the fleet. A stream learns by itself until the alert service has one for it; the last
 * one known is on disk. A new baseline waits while a stream is in trouble: it would end the incident.
 */
export class FleetBaselines {
  readonly #monitor: DriftMonitor;
  readonly #options: FleetBaselinesOptions;
  readonly #asked = new WeakMap<StreamMonitor, Asked>();
  readonly #detach: () => void;
  readonly #trouble: ToldOnce;

  constructor(monitor: DriftMonitor, options: FleetBaselinesOptions) {
    this.#monitor = monitor;
    this.#options = options;
    this.#trouble = new ToldOnce(options.report, 'fleet baselines');
    this.#detach = monitor.onStream((stream) => this.#enqueue(stream));
  }

  /** Asks again for every stream. */
  ask(): void {
    for (const stream of this.#monitor.streams()) this.#enqueue(stream);
  }

  stop(): void {
    this.#detach();
  }

  #enqueue(stream: StreamMonitor): void {
    if (!isOverflow(stream.key)) this.#options.queue.add(stream, () => this.#askFor(stream));
  }

  async #askFor(stream: StreamMonitor): Promise<void> {
    const { client, cache } = this.#options;
    const asked = this.#asked.get(stream) ?? { isCacheRead: false, etag: undefined };
    this.#asked.set(stream, asked);
    const path = fleetPath(stream.key);
    const name = `${client.place}${path}`;
    if (!asked.isCacheRead) {
      asked.isCacheRead = true;
      const kept = await cache.read(name);
      if (kept !== undefined) await this.#takeCached(stream, asked, { text: kept, name });
    }
    const answer = await client.send({ method: 'GET', path, etag: asked.etag });
    const text = this.#textOf(answer);
    if (text === undefined || !this.#take(stream, asked, { text, place: name })) return;
    await cache.write(name, text);
  }

  async #takeCached(
    stream: StreamMonitor,
    asked: Asked,
    { text, name }: { readonly text: string; readonly name: string },
  ): Promise<void> {
    const { cache } = this.#options;
    const place = cache.path(name) ?? name;
    if (!this.#take(stream, asked, { text, place })) await cache.forget(name);
  }

  /** The file in an answer, where there is a new one. */
  #textOf(answer: FleetAnswer): string | undefined {
    const isAnswer = answer.ok && [200, 304, 404].includes(answer.status);
    if (isAnswer) {
      this.#trouble.isOver();
      // 304: the one in force is the newest. 404: the fleet has none, so the stream learns its own.
      return answer.status === 200 ? answer.body : undefined;
    }
    const reason = answer.ok ? `HTTP ${answer.status}` : answer.reason;
    const { place } = this.#options.client;
    this.#trouble.tell(
      `Cannot get baselines from ${place}: ${reason}; streams keep what they have, or learn their own`,
    );
    return undefined;
  }

  /** @returns whether the text was a baseline of this stream */
  #take(
    stream: StreamMonitor,
    asked: Asked,
    { text, place }: { readonly text: string; readonly place: string },
  ): boolean {
    const { report } = this.#options;
    const file = readBaselineText(text, place, report);
    if (file === undefined) return false;
    const problem = misfit(file.baseline, stream);
    if (problem !== undefined) {
      report(`baseline ${place}`, unusable(place, problem));
      return false;
    }
    if (!isCalm(stream)) return true;
    adoptBaseline(stream, file);
    asked.etag = `"${file.id}"`;
    return true;
  }
}

const isCalm = ({ state }: StreamMonitor): boolean => state === 'learning' || state === 'stable';
