// Replays held-out rows as HTTP requests and compares the answers with the true labels:
// `node load.ts [url] [requests per second]`, stopped by Ctrl-C.
import { createHistogram } from 'node:perf_hooks';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import { type Label, startLabels } from './late-labels.ts';
import { NO_SHIFT, type Shift, shiftedRows } from './shift.ts';
import { SEED } from './training/build-model.ts';
import { FEATURES, loadDataset, type Row, splitDataset } from './training/dataset.ts';
import { createRandom, type Random, shuffled } from './training/random.ts';

const BATCH_SHARE = 0.1;
const BATCH_ROWS_MAX = 16;
/** As many as the service takes: it runs 32 at once and lets 256 wait. */
const IN_FLIGHT_MAX = 256;
const REQUEST_TIMEOUT_MS = 10_000;

export interface LoadOptions {
  /** Where the service listens, without a path. */
  readonly url: string;
  readonly requestsPerSecond: number;
  readonly seed: number;
  /** Whether the model is meant to fail now: its failures are then counted apart. */
  readonly expectsFailure?: () => boolean;
  /** What is different about the pages now. */
  readonly shift?: () => Shift;
}

/** What the generator saw so far; every number only grows. */
export interface LoadCounts {
  /** Requests answered with status 200. */
  readonly answered: number;
  /** Answered requests for which the model ran: all but those answered from the cache. */
  readonly runs: number;
  /** Requests for which the model ran and failed, as it was meant to. */
  readonly faulted: number;
  /** Requests answered with another status, or not at all. */
  readonly failed: number;
  /** Requests that were due while `IN_FLIGHT_MAX` others were unanswered. */
  readonly skipped: number;
  /** Rows with an answer: a batch request carries several. */
  readonly rows: number;
  /** Answers equal to the true label. */
  readonly correct: number;
  /** Answers that said phishing of a page that is not. */
  readonly falsePositives: number;
  /** Answers whose true label was sent and taken. */
  readonly labelled: number;
  readonly lastFailure: string | undefined;
}

export interface Load {
  counts(): LoadCounts;
  /** Time from sending to the last byte of the answer, in milliseconds. */
  latencyMs(quantile: number): number;
  /** Sends no more pages, tells the labels that are still due and waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Starts sending at a mean rate with random gaps, as independent users would, whether or not the
 * service keeps up. One request in ten is a batch. The order depends on the seed only.
 */
export function startLoad(options: LoadOptions): Load {
  const random = createRandom(options.seed);
  const rows = shiftedRows(endlessRows(random), options.shift ?? (() => NO_SHIFT));
  const latencyUs = createHistogram();
  const counts = noCounts();
  let lastFailure: string | undefined;
  const inFlight = new Set<Promise<void>>();
  const stopping = new AbortController();

  const isFaulty = options.expectsFailure ?? (() => false);
  const fail = (cause: unknown): void => {
    counts.failed += 1;
    lastFailure = describeFailure(cause);
  };
  const labels = startLabels(async (due) => {
    const told = postJson(`${options.url}/labels`, { labels: due });
    await told.then(() => void (counts.labelled += due.length), fail);
  });

  const send = async (batch: readonly Row[]): Promise<void> => {
    const startedMs = performance.now();
    const wasFaulty = isFaulty();
    try {
      const answers = await post(options.url, batch);
      latencyUs.record(Math.max(1, Math.round((performance.now() - startedMs) * 1000)));
      countAnswers(counts, batch, answers);
      for (const label of labelsOf(batch, answers)) labels.add(label);
    } catch (cause) {
      const isMeant = describeFailure(cause).startsWith('status 500');
      if (!isMeant || !(wasFaulty || isFaulty())) return fail(cause);
      counts.faulted += 1;
      counts.runs += 1;
    }
  };

  const pump = async (): Promise<void> => {
    let dueMs = performance.now();
    while (!stopping.signal.aborted) {
      dueMs += (-Math.log(1 - random()) * 1000) / options.requestsPerSecond;
      const batch = Array.from({ length: batchRows(random) }, () => rows.next().value);
      await until(dueMs, stopping.signal);
      if (stopping.signal.aborted) return;
      if (inFlight.size >= IN_FLIGHT_MAX) {
        counts.skipped += 1;
        continue;
      }
      const request = send(batch).finally(() => inFlight.delete(request));
      inFlight.add(request);
    }
  };
  const pumping = pump();

  return {
    counts: () => ({ ...counts, lastFailure }),
    latencyMs: (quantile) => latencyUs.percentile(quantile * 100) / 1000,
    async stop() {
      stopping.abort();
      await pumping;
      await Promise.all(inFlight);
      await labels.stop();
    },
  };
}

/** The truth about every answer that can be told it. */
const labelsOf = (batch: readonly Row[], answers: readonly Answer[]): readonly Label[] =>
  compared(batch, answers).flatMap(({ id, isPhishing }) =>
    id === undefined ? [] : [{ id, phishing: isPhishing }],
  );

type Counts = { -readonly [Name in Exclude<keyof LoadCounts, 'lastFailure'>]: number };

function countAnswers(counts: Counts, batch: readonly Row[], answers: readonly Answer[]): void {
  counts.answered += 1;
  counts.rows += batch.length;
  if (answers.some(({ cached }) => cached !== true)) counts.runs += 1;
  for (const { phishing, isPhishing } of compared(batch, answers)) {
    if (phishing === isPhishing) counts.correct += 1;
    else if (phishing === true) counts.falsePositives += 1;
  }
}

const noCounts = (): Counts => ({
  answered: 0,
  runs: 0,
  faulted: 0,
  failed: 0,
  skipped: 0,
  rows: 0,
  correct: 0,
  falsePositives: 0,
  labelled: 0,
});

/** Waits for a moment of the monotonic clock; lets others run even when it has passed. */
async function until(dueMs: number, signal: AbortSignal): Promise<void> {
  const waitMs = dueMs - performance.now();
  // A timer waits a millisecond at least, which would bound the rate.
  if (waitMs < 1) await setImmediate();
  else await sleep(waitMs, undefined, { signal }).catch(() => undefined);
}

/** Held-out rows in random order, shuffled again whenever all were seen. */
function* endlessRows(random: Random): Generator<Row, never> {
  const { heldOut } = splitDataset(loadDataset(), SEED);
  while (true) yield* shuffled(heldOut, random);
}

function batchRows(random: Random): number {
  return random() < BATCH_SHARE ? 2 + Math.floor(random() * (BATCH_ROWS_MAX - 1)) : 1;
}

interface Answer {
  readonly id?: string;
  readonly phishing: boolean;
  readonly cached?: boolean;
}

/** Each row with the answer it got. */
const compared = (
  batch: readonly Row[],
  answers: readonly Answer[],
): (Partial<Answer> & { readonly isPhishing: boolean })[] =>
  batch.map((row, index) => ({ ...answers[index], isPhishing: row.label === 1 }));

/** Sends one row to `/predict`, several to `/predict/batch`. */
async function post(url: string, batch: readonly Row[]): Promise<Answer[]> {
  const pages = batch.map(({ features }) =>
    Object.fromEntries(FEATURES.map((name, index) => [name, features[index]])),
  );
  const isBatch = pages.length > 1;
  const body = await postJson(
    `${url}${isBatch ? '/predict/batch' : '/predict'}`,
    isBatch ? { pages } : pages[0],
  );
  return isBatch ? (body as { predictions: Answer[] }).predictions : [body as Answer];
}

async function postJson(url: string, content: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(content),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`status ${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text);
}

function describeFailure(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  // fetch() hides what happened, such as a refused connection, in the cause.
  return cause.cause instanceof Error ? cause.cause.message : cause.message;
}

async function main(): Promise<void> {
  const [url = 'http://127.0.0.1:3000', rate = '120'] = process.argv.slice(2);
  const load = startLoad({ url, requestsPerSecond: Number(rate), seed: SEED });
  const report = (): void => {
    const { answered, failed, skipped, rows, correct, lastFailure } = load.counts();
    const accuracy = rows === 0 ? '-' : (correct / rows).toFixed(3);
    const why = lastFailure === undefined ? '' : `  last failure: ${lastFailure}`;
    console.log(
      `answered ${answered}  failed ${failed}  skipped ${skipped}  accuracy ${accuracy}  ` +
        `p50 ${load.latencyMs(0.5).toFixed(1)} ms  p99 ${load.latencyMs(0.99).toFixed(1)} ms${why}`,
    );
  };
  const timer = setInterval(report, 1000);
  process.once('SIGINT', () => {
    clearInterval(timer);
    void load.stop().then(report);
  });
}

if (import.meta.main) await main();
