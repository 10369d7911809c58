import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { Attributes, Meter } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PrometheusPage } from '../../../../src/telltale/src/page/page.ts';
import { referenceBinaryOrWarn } from '../../../support/reference-binaries.ts';
import { ROOT } from '../../../support/tidy/source-file.ts';

class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

const promtool = referenceBinaryOrWarn('promtool', 'the page in promtool');
const python = join(ROOT, '.cache/python-om/bin/python');
const hasPython = existsSync(python);
if (!hasPython) {
  process.stderr.write(
    'SKIPPED: the page in prometheus_client: python3 -m venv .cache/python-om && .cache/python-om/bin/pip install prometheus_client==0.23.1\n',
  );
}

/** Attributes as careless or hostile code gives them. */
const NAMES = [
  'http.route',
  'http_route',
  'le',
  'quantile',
  'otel.scope.name',
  'otel_scope_version',
  'exported_le',
  '__name__',
  '1st',
  'ünï',
  '',
  '.',
  'a b"c\\d\ne',
  '__proto__',
  'constructor',
];
const VALUES = ['x', '', '"', '\\', 'a\nb', 'é😀', '\ud800', '\u0000', '#', '} 1', 'x'.repeat(300)];

interface Scene {
  readonly sets: readonly Attributes[];
  readonly scopes: readonly string[];
  readonly resource: Attributes;
}

async function pagesOf({ sets, scopes, resource }: Scene): Promise<Record<string, string>> {
  const reader = new PullReader();
  const provider = new MeterProvider({
    resource: resourceFromAttributes(resource),
    readers: [reader],
    views: [
      { instrumentName: 'exp*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
    ],
  });
  for (const scope of scopes) for (const set of sets) record(provider.getMeter(scope, scope), set);
  const page = new PrometheusPage(reader, true);
  const plain = await page.render('');
  const open = await page.render('application/openmetrics-text');
  return { plain: plain.body, open: open.body };
}

function record(meter: Meter, set: Attributes): void {
  meter.createCounter('jobs', { unit: '1', description: 'a "b"\\c\nd' }).add(2, set);
  meter.createGauge('jobs.count').record(Number.NaN, set);
  meter.createGauge('jobs.total').record(1, set);
  meter.createUpDownCounter('open').add(-1, set);
  meter.createHistogram('time', { unit: 's' }).record(0.2, set);
  meter.createGauge('time.seconds.bucket').record(3, set);
  meter.createHistogram('exp.values').record(-0.3, set);
  meter.createHistogram('exp.values').record(1e300, set);
  meter.createHistogram('exp.values').record(0, set);
}

const read = (program: string, args: readonly string[], page: string): string => {
  try {
    return execFileSync(program, [...args], { input: page, encoding: 'utf8', stdio: 'pipe' });
  } catch (cause) {
    const { stdout, stderr } = cause as { readonly stdout: string; readonly stderr: string };
    throw new Error(`${stdout}${stderr}\n${page}`);
  }
};

const PARSE = `
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
sys.stdin.reconfigure(encoding='utf-8', newline='')
print(sum(len(family.samples) for family in parse(sys.stdin.read())))`;

/** Series as the text names them, each once. */
function twice(page: string): readonly string[] {
  const series = page
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.replace(/ # \{.*$/u, '').replace(/ \S+$/u, ''));
  return series.filter((one, index) => series.indexOf(one) !== index);
}

const value = fc.oneof(fc.constantFrom(...VALUES), fc.integer(), fc.boolean());
const attributes = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 5 });
const scene: fc.Arbitrary<Scene> = fc.record({
  sets: fc.array(attributes, { minLength: 1, maxLength: 4 }),
  scopes: fc.uniqueArray(fc.constantFrom('a', 'b"\\', '\ud800'), { minLength: 1 }),
  resource: attributes,
});

describe('the page with hostile names and values', () => {
  test('has no series twice', async () => {
    await fc.assert(
      fc.asyncProperty(scene, async (one) => {
        for (const page of Object.values(await pagesOf(one))) expect(twice(page)).toEqual([]);
      }),
    );
  });

  test('adds up what became one series', async () => {
    const { plain } = await pagesOf({
      sets: [
        { 'http.route': '/a' },
        { http_route: '/a' },
        { 'http.route': '/a', http_route: '/b' },
      ],
      scopes: ['s'],
      resource: {},
    });
    const counted = plain?.split('\n').filter((line) => line.startsWith('jobs_total{'));
    expect(counted).toEqual([
      'jobs_total{http_route="/a",otel_scope_name="s",otel_scope_version="s"} 4',
      'jobs_total{http_route="/a;/b",otel_scope_name="s",otel_scope_version="s"} 2',
    ]);
  });

  const everything: Scene = {
    sets: [
      Object.fromEntries(NAMES.map((name, index) => [name, VALUES[index % VALUES.length]])),
      ...NAMES.map((name) => ({ [name]: 'same' })),
      ...VALUES.map((text) => ({ text })),
    ],
    scopes: ['a', 'b"\\'],
    resource: Object.fromEntries(NAMES.map((name) => [name, name])),
  };

  test.skipIf(promtool === undefined)('is read by promtool', async () => {
    const { plain = '' } = await pagesOf(everything);
    // Lint remarks about names end with 3; what cannot be parsed ends with 1.
    const script = '"$0" check metrics; code=$?; [ $code = 0 ] || [ $code = 3 ]';
    read('sh', ['-c', script, promtool ?? ''], plain);
    expect(plain).toContain('exported_le="same"');
  });

  test.skipIf(!hasPython)("is read by OpenMetrics' reference parser, whole", async () => {
    const { open = '' } = await pagesOf(everything);
    const samples = open.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(Number(read(python, ['-c', PARSE], open))).toBe(samples.length);
  });
});
