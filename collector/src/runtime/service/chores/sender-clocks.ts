import type { SeriesStore } from '../../../storage/series-store.ts';
import type { RuleRunner } from '../../evaluate/rule-runner.ts';

/** Named at once at most: a wrong clock of a whole cluster is one fault. */
const NAMED_MAX = 20;

/** Names senders whose clock is minutes behind: their alerts come late, or their samples are refused. */
export class SenderClocks {
  readonly #store: SeriesStore;
  readonly #runner: Pick<RuleRunner, 'raise' | 'clear'>;
  #named: ReadonlySet<string> = new Set();

  constructor(store: SeriesStore, runner: Pick<RuleRunner, 'raise' | 'clear'>) {
    this.#store = store;
    this.#runner = runner;
  }

  check(): void {
    const behind = new Map<string, number>();
    for (const { job, instance, lag } of this.#store.resources) {
      if (lag.clockBehindMs > 0) behind.set(senderName(job, instance), lag.clockBehindMs);
    }
    const named = new Set([...this.#named].filter((sender) => behind.has(sender)));
    for (const sender of this.#named) {
      if (!named.has(sender)) this.#runner.clear('TelltaleSenderClockBehind', sender);
    }
    for (const [sender, behindMs] of behind) {
      if (named.has(sender) || named.size >= NAMED_MAX) continue;
      named.add(sender);
      const minutes = Math.round(behindMs / 60_000);
      const summary = `The clock of ${sender} is about ${minutes} minutes behind: set it by NTP`;
      this.#runner.raise('TelltaleSenderClockBehind', sender, summary);
    }
    this.#named = named;
  }
}

/** As a person reads it; two senders that are written alike share an alert. */
function senderName(job: string, instance: string): string {
  return instance === '' ? job : `${instance} of ${job}`;
}
