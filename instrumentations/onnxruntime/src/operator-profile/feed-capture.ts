import { startTimer, stopTimer } from '@telltale/instrument';

import { type CopiedFeeds, copyFeeds, namedOutputs } from './copied-feeds.ts';

export interface CaptureLimits {
  readonly runsMax: number;
  /** Of all runs together. */
  readonly bytesMax: number;
  readonly timeoutMs: number;
}

/** What is known of the session whose run passes by. */
export interface CapturedSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
}

/** Copies the feeds of the next runs of a model, while they pass and until a limit is reached. */
export class FeedCapture {
  readonly feeds: CopiedFeeds[] = [];
  /** Runs that were passed over, because their feeds are incomplete, too large, or elsewhere. */
  skipped = 0;
  /** Resolves when there is nothing more to wait for. */
  readonly done: Promise<void>;
  readonly #limits: CaptureLimits;
  readonly #timer: NodeJS.Timeout;
  #finish: () => void = () => {};
  #bytesLeft: number;

  constructor(limits: CaptureLimits) {
    this.#limits = limits;
    this.#bytesLeft = limits.bytesMax;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#timer = startTimer(() => this.stop(), limits.timeoutMs).unref();
  }

  /** A run was called with these arguments and has not read them yet. */
  add({ inputNames, outputNames }: CapturedSession, [feeds, fetches]: readonly unknown[]): void {
    if (this.feeds.length >= this.#limits.runsMax) return;
    const copied = copyFeeds(feeds, inputNames, this.#bytesLeft);
    if (copied === undefined) {
      this.skipped++;
      return;
    }
    const outputs = namedOutputs(fetches, outputNames);
    this.feeds.push(outputs === undefined ? copied : { ...copied, outputs });
    this.#bytesLeft -= copied.bytes;
    if (this.feeds.length >= this.#limits.runsMax) this.stop();
  }

  stop(): void {
    stopTimer(this.#timer);
    this.#finish();
  }
}
