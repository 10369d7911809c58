import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { readMetrics } from '../../collector/src/otlp/read/read-metrics.ts';
import { MetricTranslator } from '../../collector/src/otlp/translate/metric-translator.ts';
import type { TranslateOptions } from '../../collector/src/otlp/translate/options.ts';
import { PrometheusServer } from '../support/difftest/prometheus-server.ts';
import { SeededRandom } from '../support/difftest/random.ts';
import { remoteRead, type StoredSeriesMap } from '../support/difftest/remote-read.ts';
import { randomBody } from '../support/otlp/random-body.ts';
import { RecordingSink } from '../support/otlp/recording-sink.ts';
import { translationBodies } from '../support/otlp/translation-bodies.ts';
import { referenceBinaryOrWarn } from '../support/reference-binaries.ts';

interface Case {
  readonly name: string;
  readonly options: Partial<TranslateOptions>;
  /** The `otlp:` block that says the same to Prometheus, as JSON, which is YAML too. */
  readonly otlp: object;
}

const CASES: readonly Case[] = [
  { name: 'the defaults', options: {}, otlp: {} },
  ...(
    ['UnderscoreEscapingWithoutSuffixes', 'NoUTF8EscapingWithSuffixes', 'NoTranslation'] as const
  ).map((translationStrategy) => ({
    name: translationStrategy,
    options: { translationStrategy },
    otlp: { translation_strategy: translationStrategy },
  })),
  {
    name: 'promoted resource attributes',
    options: { promoteResourceAttributes: ['host.name', 'process.pid', 'absent'] },
    otlp: { promote_resource_attributes: ['host.name', 'process.pid', 'absent'] },
  },
  {
    name: 'all resource attributes but some',
    options: { promoteAllResourceAttributes: true, ignoreResourceAttributes: ['k8s.pod.name'] },
    otlp: { promote_all_resource_attributes: true, ignore_resource_attributes: ['k8s.pod.name'] },
  },
  {
    name: 'identifying attributes kept',
    options: { keepIdentifyingResourceAttributes: true },
    otlp: { keep_identifying_resource_attributes: true },
  },
  {
    name: 'scope metadata',
    options: { promoteScopeMetadata: true },
    otlp: { promote_scope_metadata: true },
  },
  {
    name: 'custom buckets',
    options: { convertHistogramsToNhcb: true },
    otlp: { convert_histograms_to_nhcb: true },
  },
  {
    name: 'label names without the two compatibility rules',
    options: {
      labelNameUnderscoreSanitization: false,
      labelNamePreserveMultipleUnderscores: false,
    },
    otlp: {
      label_name_underscore_sanitization: false,
      label_name_preserve_multiple_underscores: false,
    },
  },
];

const nowMs = Math.floor(Date.now() / 1000) * 1000;
const prometheus = referenceBinaryOrWarn('prometheus', 'translation compared with Prometheus');

function configOf(otlp: object): string {
  const storage = { tsdb: { out_of_order_time_window: '2h' } };
  return JSON.stringify({ storage, otlp });
}

function translate(
  bodies: readonly Uint8Array[],
  options: Partial<TranslateOptions>,
): StoredSeriesMap {
  const sink = new RecordingSink();
  const translator = new MetricTranslator({ sink, options });
  for (const body of bodies) {
    const result = translator.translate(readMetrics(body), nowMs);
    expect(result.message).toBe('');
  }
  return sink.series;
}

describe.skipIf(prometheus === undefined)('MetricTranslator against Prometheus 3', () => {
  const range = { label: 'job', startMs: nowMs - 600_000, endMs: nowMs + 600_000 };
  let plain: PrometheusServer;
  let typed: PrometheusServer;

  beforeAll(async () => {
    const settings = { binary: prometheus ?? '', config: configOf({}) };
    const features = ['otlp-deltatocumulative'];
    plain = await PrometheusServer.start({ ...settings, features });
    typed = await PrometheusServer.start({
      ...settings,
      features: [...features, 'type-and-unit-labels'],
    });
  }, 60_000);

  afterAll(async () => {
    await plain.stop();
    await typed.stop();
  });

  test.for(CASES)('gives the same series with $name', async ({ name, options, otlp }) => {
    const job = `job ${name}`;
    await plain.reload(configOf(otlp));
    const bodies = translationBodies({ job, nowMs, hasDelta: true });
    for (const body of bodies) await plain.postOtlp(body);
    const theirs = await remoteRead(plain.url, { ...range, value: job });
    expect(Object.keys(theirs).length).toBeGreaterThan(50);
    expect(translate(bodies, options)).toEqual(theirs);
  });

  test.for(CASES)('gives the same series to random requests with $name', async (row) => {
    const job = `random ${row.name}`;
    await plain.reload(configOf(row.otlp));
    const random = new SeededRandom(17);
    // Where it cuts suffixes without escaping, Prometheus cuts other characters in two.
    const isAscii = row.options.translationStrategy === 'NoUTF8EscapingWithSuffixes';
    const bodies = Array.from({ length: 10 }, (_, round) =>
      randomBody(random, { job, nowMs: nowMs - 1000 * round, isAscii }),
    );
    for (const body of bodies) await plain.postOtlp(body);
    const theirs = await remoteRead(plain.url, { ...range, value: job });
    expect(Object.keys(theirs).length).toBeGreaterThan(400);
    expect(translate(bodies, row.options)).toEqual(theirs);
  });

  test.for(CASES.slice(0, 4))('gives the same type and unit labels with $name', async (row) => {
    const job = `typed ${row.name}`;
    await typed.reload(configOf(row.otlp));
    const bodies = translationBodies({ job, nowMs, hasDelta: false });
    for (const body of bodies) await typed.postOtlp(body);
    const theirs = await remoteRead(typed.url, { ...range, value: job });
    const ours = translate(bodies, { ...row.options, typeAndUnitLabels: true });
    expect(ours).toEqual(theirs);
  });
});
