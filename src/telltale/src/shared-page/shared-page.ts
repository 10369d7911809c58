import { isMainThread } from 'node:worker_threads';

import type { RenderedPage } from '../page/page.ts';
import { admitMembers, type Members } from './members.ts';
import { joinPage, type Membership } from './membership.ts';
import { type LabelledPage, mergePages } from './merge-pages.ts';
import { type PageGroup, socketPlace } from './socket-place.ts';
import {
  acceptOf,
  formatOf,
  type HeardPage,
  type PageFormat,
  type ThreadPage,
  type ThreadSummary,
} from './thread-page.ts';
import { shareThreads } from './threads.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export interface SharedPageParts {
  /** The page of this thread; `undefined` where another SDK serves the metrics. */
  readonly render: () => ((accept: string) => Promise<RenderedPage>) | undefined;
  readonly summary: () => ThreadSummary;
  /** Whether the application told something of itself: a launcher has nothing to show. */
  readonly hasRecords: () => boolean;
  /** Where processes may share a page; `undefined` where they must not. */
  readonly group: PageGroup | undefined;
}

/** One line of the list of processes on the status page. */
export type ProcessStatus = ThreadSummary & { readonly is_late: boolean };

/**
 * The page of this thread, of all threads of the process, and of the other processes of the service,
 * as one. Each series of another thread has the label `thread_id`, and as soon as several processes
 * are on the page, each has `process_pid`: sums over them are right, and who is gone is gone.
 */
export class SharedPage {
  readonly #parts: SharedPageParts;
  readonly #threads: (format: PageFormat) => Promise<readonly HeardPage[]>;
  #members: Members | undefined;
  /** Once there was another process its label stays, or series would change their names. */
  #isShared = false;

  constructor(parts: SharedPageParts) {
    this.#parts = parts;
    this.#threads = shareThreads((format) => this.#writeOwn(format));
  }

  /** The page of all threads of this process. */
  async renderProcess(accept: string): Promise<RenderedPage> {
    return this.#merged(formatOf(accept), await this.#threads(formatOf(accept)));
  }

  /** The page of this process and of those that joined it. */
  async renderAll(accept: string): Promise<RenderedPage> {
    const format = formatOf(accept);
    return this.#merged(format, await this.#all(format));
  }

  /** Every process and thread on the page, this one first. */
  async processes(): Promise<readonly ProcessStatus[]> {
    const all = await this.#all('summary');
    return all.map(({ summary, isLate }) => ({ ...summary, is_late: isLate }));
  }

  /** Called once this process serves the page: others of the group may now join it. */
  admit(): void {
    const place = this.#place();
    if (place !== undefined) this.#members ??= admitMembers(place);
  }

  /** Called when the page is another process's; `undefined` when that one is none of the group. */
  async join(): Promise<Membership | undefined> {
    const place = this.#place();
    return place === undefined ? undefined : joinPage(place, (format) => this.#toTell(format));
  }

  /** Called when this process serves the page no longer: the others look for another one. */
  close(): void {
    this.#members?.close();
    this.#members = undefined;
  }

  #place(): ReturnType<typeof socketPlace> {
    const { group } = this.#parts;
    return group === undefined ? undefined : socketPlace(group);
  }

  async #writeOwn(format: PageFormat): Promise<ThreadPage> {
    const summary = this.#parts.summary();
    const render = format === 'summary' ? undefined : this.#parts.render();
    // A thread with nothing to tell, such as the one that compiles for a loader, is only named.
    const isIdle = !isMainThread && summary.models.length === 0 && !this.#parts.hasRecords();
    if (render === undefined || isIdle) return { summary };
    return { summary, text: (await render(acceptOf(format))).body };
  }

  async #toTell(format: PageFormat): Promise<readonly ThreadPage[]> {
    const pages = await this.#threads(format);
    const hasModel = pages.some(({ summary }) => summary.models.length > 0);
    if (!hasModel && !this.#parts.hasRecords()) return [];
    return pages.map(({ summary, text }) => ({
      summary,
      ...(text === undefined ? {} : { text }),
    }));
  }

  async #all(format: PageFormat): Promise<readonly HeardPage[]> {
    const others = this.#members?.pages(format) ?? Promise.resolve([]);
    const [own, joined] = await Promise.all([this.#threads(format), others]);
    if (joined.length > 0) this.#isShared = true;
    return [...own, ...joined];
  }

  #merged(format: PageFormat, pages: readonly HeardPage[]): RenderedPage {
    const labelled = pages.flatMap(({ summary, text }): LabelledPage[] => {
      if (text === undefined) return [];
      const thread = summary.thread_id === 0 ? {} : { thread_id: String(summary.thread_id) };
      const process = this.#isShared ? { process_pid: String(summary.pid) } : {};
      return [{ text, labels: { ...process, ...thread } }];
    });
    const [first] = labelled;
    const isAlone =
      labelled.length === 1 && first !== undefined && Object.keys(first.labels).length === 0;
    return {
      contentType: format === 'openmetrics' ? OPEN_METRICS : TEXT,
      body: isAlone ? first.text : mergePages(labelled),
    };
  }
}
