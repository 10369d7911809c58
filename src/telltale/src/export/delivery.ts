import { report, reportOnce } from '../diagnostics.ts';
import { countExportFailure } from '../self-metrics.ts';
import type { ExporterStatus } from './running-exporters.ts';

export type Signal = 'traces' | 'metrics' | 'logs';

/** Where the exports of one signal go. */
export interface Destination {
  readonly signal: Signal;
  readonly url: string;
  /** False for the default address: that nothing listens there is reported once, not counted. */
  readonly isConfigured: boolean;
}

/** What became of the exports of one signal to one address: counted, told, and shown in the status. */
export class Delivery {
  readonly #to: Destination;
  #successes = 0;
  #failures = 0;
  #lastSuccessMs: number | undefined;
  #lastFailure: { readonly atMs: number; readonly reason: string } | undefined;

  constructor(to: Destination) {
    this.#to = to;
  }

  get hasSucceeded(): boolean {
    return this.#successes > 0;
  }

  succeeded(): void {
    this.#successes += 1;
    this.#lastSuccessMs = Date.now();
  }

  /** `reason` is one of a few words, for the counter; `detail` is for the line that people read. */
  failed(reason: string, detail: string): void {
    const { signal, url, isConfigured } = this.#to;
    this.#failures += 1;
    this.#lastFailure = { atMs: Date.now(), reason };
    const kind = `export ${hostOf(url)}`;
    const message = `Cannot export ${signal} to ${withoutSecrets(url)}: ${detail}`;
    if (reason === 'refused' && !isConfigured) {
      reportOnce(kind, `${message}; nothing listens there and no address is set`);
      return;
    }
    countExportFailure(signal, reason);
    // The code that aborted has reported it already.
    if (reason !== 'aborted') report(kind, message);
  }

  /** Tells once what a backend said beside accepting everything. */
  warned(message: string): void {
    const { signal, url } = this.#to;
    reportOnce(
      `warning ${signal} ${hostOf(url)}`,
      `${withoutSecrets(url)} accepted ${signal} with a warning: ${message}`,
    );
  }

  status(): ExporterStatus {
    const { signal, url } = this.#to;
    const { atMs, reason } = this.#lastFailure ?? { atMs: undefined, reason: '' };
    return {
      signal,
      url: withoutSecrets(url),
      successes: this.#successes,
      failures: this.#failures,
      ...(this.#lastSuccessMs === undefined
        ? {}
        : { last_success: new Date(this.#lastSuccessMs).toISOString() }),
      ...(atMs === undefined ? {} : { last_failure: { at: new Date(atMs).toISOString(), reason } }),
    };
  }
}

/** An address without the user, password and query that it may carry. */
export function withoutSecrets(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return /^[\w.-]+:\d+$/u.test(url) ? url : 'an address that is not a URL';
  }
}

function hostOf(url: string): string {
  try {
    return new URL(url).host || url;
  } catch {
    return url;
  }
}
