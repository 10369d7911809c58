/** What one thread of a process tells of itself; the field names are those of the status page. */
export interface ThreadSummary {
  readonly pid: number;
  /** 0 for the main thread. */
  readonly thread_id: number;
  /** ISO 8601. */
  readonly started_at: string;
  readonly telltale: string;
  readonly models: readonly {
    readonly name: string;
    readonly version: string;
    readonly sessions: number;
    readonly runs: number;
    /** By class. */
    readonly errors: Readonly<Record<string, number>>;
  }[];
}

/** The part of the shared page that one thread of one process writes. */
export interface ThreadPage {
  readonly summary: ThreadSummary;
  /** The page as this thread alone would serve it; absent when it was not asked for, or has none. */
  readonly text?: string;
}

/** A page of a thread or process, and whether it is an older one because no new one came in time. */
export type HeardPage = ThreadPage & { readonly isLate: boolean };

/**
 * What is asked for: the page in one of its formats, or the summaries alone. Answers are kept by
 * format, so a late page is never mixed into one of the other format.
 */
export const PAGE_FORMATS = ['openmetrics', 'text', 'summary'] as const;
export type PageFormat = (typeof PAGE_FORMATS)[number];

const OPEN_METRICS = 'application/openmetrics-text';

/** The format that an `Accept` header asks for. */
export const formatOf = (accept: string): PageFormat =>
  accept.includes(OPEN_METRICS) ? 'openmetrics' : 'text';

/** An `Accept` header that asks for the format. */
export const acceptOf = (format: PageFormat): string =>
  format === 'openmetrics' ? OPEN_METRICS : 'text/plain';

/** Writes the page of this thread in a format. */
export type WritePage = (format: PageFormat) => Promise<ThreadPage>;
