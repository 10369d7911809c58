import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createDataset, DATA_START_MS } from '../support/difftest/dataset.ts';
import { Difftest, runDifftest } from '../support/difftest/run-difftest.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

interface Case {
  readonly name: string;
  readonly text: string;
  /** From the start of the data. */
  readonly atMs: number;
  readonly stepMs?: number;
  /** Answered differently on purpose: why we do not follow. */
  readonly deviation?: string;
}

const ONE_OF_TWO =
  'Prometheus keeps the histogram and drops the float without a message; we refuse';

/** Questions on which the answers once differed, and those on which they do. */
const CASES: readonly Case[] = [
  {
    name: 'increase() over 0 and -0 is -0',
    text: 'increase(odd[30s])',
    atMs: 1_690_000,
  },
  {
    name: 'increase() adds what resets took one after the other',
    text: 'increase(odd[5m] offset -30s)',
    atMs: 2_246_000,
  },
  {
    name: 'label_replace() lets a float and a histogram become equal',
    text: 'label_replace(mixed, "instance", "", "job", ".*")',
    atMs: 2_091_500,
    deviation: ONE_OF_TWO,
  },
  {
    name: 'label_join() lets a float and a histogram become equal',
    text: 'label_join(mixed, "instance", "-", "job")',
    atMs: 2_091_500,
    deviation: ONE_OF_TWO,
  },
  {
    name: 'timestamp() forgets an offset beside @',
    text: 'timestamp(requests_total{instance="c"} offset -30s @ 1700001416.5)',
    atMs: 1_396_500,
    deviation: 'Prometheus forgets what is written; we look where the offset says',
  },
  {
    name: 'rate() of a subquery remarks upon the beginning of the query',
    text: 'rate((temperature)[10m:1m])',
    atMs: 1_772_500,
  },
  {
    name: 'equal remarks have the position of the last one',
    text: 'sort((-3 % (custom)) * ignoring (instance, code) (-3 % (custom)))',
    atMs: 1_290_500,
  },
  {
    name: 'max() of 0 and -0 over several steps',
    text: 'max by (job) ((odd offset 1m) atan2 Inf)',
    atMs: 1_216_500,
    stepMs: 106_000,
  },
  {
    name: 'stdvar() of large values in an order that is random upstream',
    text: 'stdvar by (code, le) (timestamp(requests_total))',
    atMs: 603_000,
    stepMs: 120_000,
  },
];
const QUERIES = 300;

const prometheus = referenceBinaryOrWarn('prometheus', 'the differential test');

describe.skipIf(prometheus === undefined)('PromQL against Prometheus 3', () => {
  let difftest: Difftest;

  beforeAll(async () => {
    difftest = await Difftest.start(prometheus ?? '', createDataset(1));
  }, 60_000);

  afterAll(async () => {
    await difftest.stop();
  });

  test.for(CASES)('$name', async ({ text, atMs, stepMs = 15_000, deviation }) => {
    const timeMs = DATA_START_MS + atMs;
    const range = { startMs: timeMs, endMs: timeMs + 10 * stepMs, stepMs };
    const { differing, remarked } = await difftest.ask({ text, timeMs, range });
    expect(differing !== undefined || remarked !== undefined).toBe(deviation !== undefined);
  });

  test(`gives the same answers to ${QUERIES} random queries`, { timeout: 120_000 }, async () => {
    const report = await runDifftest({
      binary: prometheus ?? '',
      seed: 11,
      queries: QUERIES,
      onDisagreement: ({ query }) => process.stderr.write(`differs: ${query.text}\n`),
    });
    expect(report).toMatchObject({ agreed: QUERIES, refused: 0, disagreed: 0, remarksDiffer: 0 });
    expect(report.bitEqual).toBeGreaterThan(0.9 * QUERIES);
    expect(report.errors).toBeLessThan(0.1 * QUERIES);
  });
});
