import { sha256 } from '@telltale/instrument';
import { type Baseline, serializeBaseline } from '@telltale/statistics';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { isOverflow } from '../stream/stream-id.ts';
import type { StreamMonitor } from '../stream/stream-monitor.ts';
import type { FleetClient } from './fleet-client.ts';
import { fleetPath } from './fleet-path.ts';
import type { LimitedQueue } from './limited-queue.ts';
import type { Report } from './offer.ts';
import { ToldOnce } from './told-once.ts';

/** Answers after which sending the same file again is of no use. */
const REFUSED: ReadonlySet<number> = new Set([400, 404, 405, 409, 413, 415, 422]);

export interface FleetPublisherOptions {
  readonly client: FleetClient;
  readonly queue: LimitedQueue;
  readonly report: Report;
  /** Names this process in the fleet, such as its `service.instance.id`. */
  readonly instance: string;
}

/**
 * Gives the baselines that this process learned to the fleet, which makes one of all of them. What
 * could not be sent is sent later; only the last baseline of a stream waits.
 */
export class FleetPublisher {
  readonly #options: FleetPublisherOptions;
  readonly #unsent = new Map<StreamMonitor, Baseline>();
  readonly #detach: () => void;
  readonly #trouble: ToldOnce;

  constructor(monitor: DriftMonitor, options: FleetPublisherOptions) {
    this.#options = options;
    this.#trouble = new ToldOnce(options.report, 'fleet samples');
    this.#detach = monitor.onBaseline((stream, baseline) => {
      if (isOverflow(stream.key) || baseline.quality !== 'ok') return;
      // At most as many as the monitor has streams, whose number is bounded.
      if (this.#unsent.size >= monitor.options.streamsMax) this.#unsent.clear();
      this.#unsent.set(stream, baseline);
      options.queue.add(baseline, () => this.#send(stream));
    });
  }

  /** Sends what could not be sent before. */
  retry(): void {
    for (const [stream, baseline] of this.#unsent) {
      this.#options.queue.add(baseline, () => this.#send(stream));
    }
  }

  stop(): void {
    this.#detach();
    this.#unsent.clear();
  }

  async #send(stream: StreamMonitor): Promise<void> {
    const { client, instance } = this.#options;
    const baseline = this.#unsent.get(stream);
    if (baseline === undefined) return;
    const path = fleetPath(stream.key, '/samples', { instance });
    const body = serializeBaseline(baseline, sha256);
    const answer = await client.send({ method: 'POST', path, body });
    const isTaken = answer.ok && answer.status >= 200 && answer.status <= 299;
    const isOver = isTaken || (answer.ok && REFUSED.has(answer.status));
    if (isOver && this.#unsent.get(stream) === baseline) this.#unsent.delete(stream);
    if (isTaken) {
      this.#trouble.isOver();
      return;
    }
    const reason = answer.ok ? `HTTP ${answer.status}` : answer.reason;
    const outlook = isOver ? 'it is not sent again' : 'it is sent again later';
    this.#trouble.tell(
      `Cannot give the baseline of ${stream.key.name} to ${client.place}: ${reason}; ${outlook}`,
    );
  }
}
