import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ROOT } from '../tidy/source-file.ts';
import { markdownTable } from './markdown-table.ts';

/** What `npm run bench -- all --out docs/performance.json` wrote. */
const FILE = join(ROOT, 'docs/performance.json');

type Row = Readonly<Record<string, unknown>>;

/** Figures of one bench, by name; a path of names leads into what lies deeper. */
class Figures {
  readonly #all: Row;

  constructor(all: Row) {
    this.#all = all;
  }

  value(...path: readonly string[]): unknown {
    return path.reduce<unknown>((inner, name) => (inner as Row | undefined)?.[name], this.#all);
  }

  /** A number as people read it; a dash where the bench had none. */
  text(path: readonly string[], digits = 0, scale = 1): string {
    const value = this.value(...path);
    return typeof value === 'number' ? written(value * scale, digits) : '–';
  }

  rows(...path: readonly string[]): readonly Row[] {
    return (this.value(...path) ?? []) as readonly Row[];
  }
}

function written(value: number, digits = 0): string {
  // Without a minus before what rounds to nothing.
  const rounded = Number(value.toFixed(digits)) + 0;
  return rounded.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function figures(): Figures {
  if (!existsSync(FILE))
    throw new Error(`Cannot read ${FILE}: npm run bench -- all --out makes it`);
  return new Figures(JSON.parse(readFileSync(FILE, 'utf8')) as Row);
}

const bench = (...path: readonly string[]): readonly string[] => ['benches', ...path];

/** The command over a table, and the table. */
function commanded(command: string, head: readonly string[], rows: readonly string[][]): string {
  return `\`npm run bench -- ${command} --json\`\n\n${markdownTable(head, rows)}`;
}

function machine(): string {
  const all = figures();
  const of = (name: string): string => all.text(['machine', name], 1);
  const cpu = String(all.value('machine', 'cpu'));
  const place = `${String(all.value('machine', 'cpus'))} cores of ${cpu}, Node.js ${String(all.value('machine', 'node'))}`;
  return `Taken on ${String(all.value('takenAt'))} on ${place}, by one run of \`npm run bench -- all --out docs/performance.json\`. On that machine a Node.js process that does nothing takes ${of('plainNodeMs')} ms, and a fixed loop of arithmetic ${of('loopMs')} ms; with these two figures of your machine, yours can be compared.`;
}

function inference(): string {
  const all = figures();
  const us = (name: string): string => {
    const added = Number(all.value(...bench('inference', name))) - bare;
    return written(added / 1000, 1);
  };
  const bare = Number(all.value(...bench('inference', 'bareNs')));
  const bareCpu = Number(all.value(...bench('inference', 'bareCpuNs')));
  const cpu = (name: string): string =>
    written((Number(all.value(...bench('inference', name))) - bareCpu) / 1000, 1);
  const row = (text: string, name: string): string[] => [
    text,
    us(`${name}Ns`),
    cpu(`${name}CpuNs`),
  ];
  return commanded(
    'inference',
    [`Added to a bare run of ${written(bare / 1000, 1)} us`, 'Wall time, us', 'CPU time, us'],
    [
      row("Telltale's metrics", 'metrics'),
      row("Telltale's metrics and span, recorded and batched", 'span'),
      row('a span and two histograms by hand', 'byHand'),
      row('Telltale switched off', 'disabled'),
    ],
  );
}

function startup(): string {
  const all = figures();
  const row = (text: string, name: string): string[] => [text, all.text(bench('startup', name))];
  return commanded(
    'startup',
    ['Start of an empty application', 'Milliseconds'],
    [
      row('plain Node.js', 'plainMs'),
      row('`telltale/register`', 'registerMs'),
      row('bare `NodeSDK`', 'sdkNodeMs'),
      row('`@opentelemetry/auto-instrumentations-node/register`', 'autoRegisterMs'),
    ],
  );
}

function memory(): string {
  const all = figures();
  const row = (text: string, name: string): string[] => [
    text,
    all.text(bench('memory', `${name}RssMib`)),
    all.text(bench('memory', `${name}HeapMib`), 1),
  ];
  return commanded(
    'memory',
    ['An application that runs a small model, MiB', 'Resident', 'Heap'],
    [
      row('plain Node.js', 'plain'),
      row('bare `NodeSDK`, which watches no model', 'sdkNode'),
      row('`telltale/register`', 'register'),
    ],
  );
}

function record(): string {
  const all = figures();
  const row = (text: string, name: string): string[] => [text, all.text(bench('record', name))];
  return commanded(
    'record',
    ['One call of the recording API', 'Nanoseconds'],
    [
      row('`predictions.record`', 'predictionsNs'),
      row('`feedback.record`', 'feedbackNs'),
      row('`cache.hit`', 'cacheNs'),
      row('`queue.size`', 'queueNs'),
      row('`health.up`', 'healthNs'),
      row('`requests.start` and `end`', 'requestNs'),
      row("prom-client's counter", 'promClientCounterNs'),
      row("prom-client's histogram", 'promClientHistogramNs'),
    ],
  );
}

function drift(): string {
  const all = figures();
  const row = (text: string, name: string, digits = 0): string[] => [
    text,
    all.text(bench('drift', name), digits),
  ];
  return commanded(
    'drift',
    ['A stream that is watched for drift', ''],
    [
      row('memory, KiB', 'kibPerStream', 1),
      row('one value, ns', 'recordNs'),
      row('of it the detector, ns', 'detectorNs'),
      row('one exact Kolmogorov-Smirnov statistic, 1,000 against 1,000 values, ns', 'slidingKsNs'),
    ],
  );
}

const SHAPES: Readonly<Record<string, string>> = {
  threshold_1: 'a threshold on one series',
  threshold_1000_none_firing: 'a threshold on 1,000 series, none fires',
  threshold_1000_all_firing: '1,000 firing alerts with templates',
  error_ratio_12k_windows: 'error ratio over 12,000 windows',
  histogram_quantile_15k_buckets: 'a quantile over 15,000 buckets',
  burn_rate_24k_windows: 'a burn rate over 24,000 windows',
};

function rules(): string {
  const all = figures();
  const rows = Object.entries(SHAPES).map(([name, text]) => {
    const of = (figure: string, digits: number, scale = 1): string =>
      all.text(bench('rules', 'shapes', name, figure), digits, scale);
    return [text, of('ruleNs', 3, 1e-6), of('prometheusNs', 2, 1e-6), of('timesFaster', 1)];
  });
  return commanded(
    'rules',
    ['One evaluation, 28,000 series in all', 'Alert service, ms', 'Prometheus, ms', 'Times'],
    rows,
  );
}

/** What is measured, the names of our figure and of the peer's, and its digits. */
type Pair = readonly [
  text: string,
  own: readonly string[],
  peer: readonly string[],
  digits?: number,
];

const ofPrometheus = (name: string, figure: string): readonly string[] => [
  name,
  'prometheus',
  figure,
];
const NO_PEER = ['none'];

const SERVICE: readonly Pair[] = [
  [
    '`resident`: 42,000 series with 40 samples each, MiB',
    ['resident', 'rssMib'],
    ofPrometheus('resident', 'rssMib'),
  ],
  ['idle, MiB', ['resident', 'idleRssMib'], ofPrometheus('resident', 'idleRssMib')],
  [
    'points taken in a second of CPU, the process cold',
    ['resident', 'pointsPerCpuSecond'],
    ofPrometheus('resident', 'pointsPerCpuSecond'),
  ],
  [
    '`mixed`: 500 rules at 1 s that all switch at once, 20,000 points/s of JSON: seconds of CPU in 24 s',
    ['mixed', 'cpuSeconds'],
    ['mixed', 'prometheusCpuSeconds'],
    1,
  ],
  ['resident, MB', ['mixed', 'rssMb'], ['mixed', 'prometheusRssMb']],
  ['OTLP requests, p99 ms', ['mixed', 'otlpP99Ms'], ['mixed', 'prometheusOtlpP99Ms']],
  [
    'messages, p95 ms after the switch',
    ['mixed', 'messagesP95Ms'],
    ['mixed', 'prometheusMessagesP95Ms'],
  ],
  [
    '`alert-latency`: OTLP sent to webhook received, p99 ms',
    ['alert-latency', 'p99Ms'],
    ofPrometheus('alert-latency', 'p99Ms'),
    1,
  ],
  [
    '`notify`: 1,000 groups from the first to the last message, ms',
    ['notify', 'deliver1000GroupsMs'],
    ['notify', 'alertmanagerFlush1000GroupsMs'],
  ],
  ['decided and stored, ms', ['notify', 'flush1000GroupsMs'], NO_PEER, 1],
  [
    '`query-load`: OTLP p99 ms while the two worst queries run in a loop',
    ['query-load', 'ingestP99Ms'],
    NO_PEER,
  ],
  ['evaluations missed meanwhile', ['query-load', 'evaluationsMissed'], NO_PEER],
];

function service(): string {
  const all = figures();
  return markdownTable(
    ["Whole processes, by the kernel's count", 'Alert service', 'Prometheus and Alertmanager'],
    SERVICE.map(([text, own, peer, digits]) => [
      text,
      all.text(bench(...own), digits),
      all.text(bench(...peer), digits),
    ]),
  );
}

function tools(): string {
  const all = figures();
  const row = (text: string, path: readonly string[], digits = 0): string[] => [
    text,
    all.text(bench(...path), digits),
  ];
  return markdownTable(
    ['Beside the path of a request', ''],
    [
      row('`profiler`: one sample, us of CPU', ['profiler', 'perSampleUs'], 1),
      row('the same by @datadog/pprof', ['profiler', 'datadogPerSampleUs'], 1),
      row('continuous profiles of an idle process, % of a core', ['profiler', 'idlePercent'], 2),
      row('watching for stalls, idle, % of a core', ['profiler', 'watchdogIdlePercent'], 2),
      row('a picture of 10,000 boxes, ms', ['profiler', 'svg10000NodesMs']),
      row(
        '`gpu`: longest stop of the event loop while the worker reads, ms',
        ['gpu', 'longestGapMs'],
        2,
      ),
      row('the same without reading', ['gpu', 'quietGapMs'], 2),
      row('the same with a process started once a second', ['gpu', 'spawnLongestGapMs'], 2),
      row('one collection of eight GPUs, us', ['gpu', 'observeUs8Gpus']),
      row('`page`: first paint with 5,000 firing alerts, ms', ['page', 'firstPaintMs5000Alerts']),
      row('a change of one alert until it is seen, ms', ['page', 'updateMs']),
    ],
  );
}

/** Rows of one list of a bench, with a heading for each of its names. */
function listed(path: readonly string[], columns: Readonly<Record<string, string>>): string {
  const rows = figures().rows(...bench(...path));
  const cell = (value: unknown): string =>
    typeof value === 'number' ? written(value, Number.isInteger(value) ? 0 : 2) : '–';
  return markdownTable(
    Object.values(columns),
    rows.map((row) => Object.keys(columns).map((name) => cell(row[name]))),
  );
}

function scale(): string {
  const all = figures();
  const cell = (name: string, index: number): string => {
    const ms = all.rows(...bench('scale', name))[index]?.['ms'];
    return typeof ms === 'number' ? written(ms) : '–';
  };
  return markdownTable(
    ['Series', 'Rules', 'Alert service, ms', 'Two shards, ms each', 'Prometheus, ms'],
    all
      .rows(...bench('scale', 'alertService'))
      .map((row, index) => [
        written(Number(row['series'])),
        written(Number(row['rules'])),
        cell('alertService', index),
        cell('twoShards', index),
        cell('prometheus', index),
      ]),
  );
}

function knees(): string {
  const all = figures();
  const of = (...path: readonly string[]): string => all.text(bench('capacity', ...path));
  return commanded(
    'capacity',
    ['The most that holds on this machine', ''],
    [
      ['instances of 200 series, sent every 10 s, before a rule is late', of('fleet', 'instances')],
      ['series', of('fleet', 'series')],
      ['points a second', of('fleet', 'pointsPerSecond')],
      ['rules at 1 s meanwhile', of('fleet', 'rules')],
      ['resident, MiB', of('fleet', 'rssMib')],
      ['runs a second whose metrics cost 1 % of a core', of('runs', 'metricsRunsPerSecond')],
      ['the same with a span of each run', of('runs', 'spanRunsPerSecond')],
    ],
  );
}

/** The tables of `docs/performance.md`, `docs/growth.md` and `deploy/scale.md`. */
export const PERFORMANCE_TABLES: Readonly<Record<string, () => string>> = {
  'performance-machine': machine,
  'performance-inference': inference,
  'performance-startup': startup,
  'performance-memory': memory,
  'performance-record': record,
  'performance-drift': drift,
  'performance-rules': rules,
  'performance-service': service,
  'performance-tools': tools,
  'performance-scale': scale,
  'performance-knees': knees,
  'growth-series': () =>
    listed(['growth', 'series'], {
      series: 'Series',
      appendMs: 'One sample of each, ms',
      sumRuleMs: 'One rule that adds up all, ms',
      heapMib: 'Heap, MiB',
    }),
  'growth-rules': () =>
    listed(['growth', 'rules'], { rules: 'Rules', groupMs: 'One evaluation of all, ms' }),
  'growth-streams': () =>
    listed(['growth', 'streams'], {
      streams: 'Streams',
      valueNs: 'One value, ns',
      kibPerStream: 'Memory of one, KiB',
    }),
  'growth-models': () =>
    listed(['growth', 'models'], {
      models: 'Models',
      addedNs: 'Added to a run, ns',
      collectMs: 'One collection, ms',
    }),
  'growth-runs': () =>
    listed(['capacity', 'runs', 'rates'], {
      runsPerSecond: 'Runs a second',
      metricsPercent: 'Metrics, % of a core',
      spanPercent: 'Metrics and a span of each, % of a core',
    }),
};
