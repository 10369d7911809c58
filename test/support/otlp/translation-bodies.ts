import { encodeOtlp } from './otlp-proto.ts';

/** Requests in which every rule of the translation shows, for comparison with Prometheus. */

const NS_PER_MS = 1_000_000n;

export interface BodySettings {
  /** Becomes `service.name`, and so the `job` of every series. */
  readonly job: string;
  readonly nowMs: number;
  readonly hasDelta: boolean;
}

type Attribute = { key: string; value: object };

export function translationBodies(settings: BodySettings): Uint8Array[] {
  const { nowMs, hasDelta } = settings;
  return [0, 1, 2].map((round) => {
    const at = clockAt(nowMs - (3 - round) * 10_000, nowMs - 60_000);
    return encodeOtlp('ExportMetricsServiceRequest', {
      resourceMetrics: [
        resource(settings, richAttributes(), [
          {
            scope: { name: 'lib', version: '1.2', attributes: [text('sco.pe', 'x')] },
            metrics: metrics(at, round),
          },
          { scope: { name: '' }, metrics: [gauge('unscoped', at, [])] },
        ]),
        resource(
          settings,
          [text('service.instance.id', 'bare')],
          [{ metrics: [gauge('bare.gauge', at, [text('a', '1')])] }],
        ),
        ...(hasDelta
          ? [
              resource(
                settings,
                [text('service.instance.id', 'delta')],
                [{ metrics: deltas(at, round) }],
              ),
            ]
          : []),
      ],
    });
  });
}

interface Clock {
  readonly timeUnixNano: string;
  readonly startTimeUnixNano: string;
}

function clockAt(timeMs: number, startMs: number): Clock {
  return {
    timeUnixNano: String(BigInt(timeMs) * NS_PER_MS + 345_678n),
    startTimeUnixNano: String(BigInt(startMs) * NS_PER_MS),
  };
}

function resource({ job }: BodySettings, attributes: Attribute[], scopeMetrics: object[]): object {
  return { resource: { attributes: [text('service.name', job), ...attributes] }, scopeMetrics };
}

function richAttributes(): Attribute[] {
  return [
    text('service.instance.id', 'i-1'),
    text('deployment.environment.name', 'dev'),
    text('host.name', 'h1'),
    text('k8s.pod.name', 'pod-7'),
    { key: 'process.pid', value: { intValue: '4711' } },
    text('empty', ''),
  ];
}

function metrics(at: Clock, round: number): object[] {
  const up = { ...at, asInt: String(100 * (round + 1)) };
  const sum = (isMonotonic: boolean, ...dataPoints: object[]): object => ({
    sum: { aggregationTemporality: 2, isMonotonic, dataPoints },
  });
  return [
    {
      name: 'requests.count',
      unit: '1',
      description: 'All of them',
      ...sum(true, { ...up, attributes: collisions() }),
    },
    { name: 'requests.total', unit: '{request}', ...sum(true, up) },
    { name: 'queue.size', unit: 'By', ...sum(false, { ...up, attributes: values() }) },
    { ...gauge('hw.gpu.utilization', at, [text('le', 'x'), text('quantile', 'y')]), unit: '1' },
    {
      ...gauge('net.io', at, [text('__name__', 'evil'), text('_x', '1'), text('9x', '2')]),
      unit: 'By/s',
    },
    { ...gauge('3d.views', at, [text('__reserved', '1')]), unit: 'm²' },
    {
      ...gauge('größe', at, [text('ünï', 'ß'), text('job', 'own'), text('instance', 'own')]),
      unit: 'foo_/{x}',
    },
    {
      ...gauge('a:b', at, [text('host.name', 'point wins'), text('otel_scope_name', 'own')]),
      unit: 'min',
    },
    { name: 'odd.values', gauge: { dataPoints: oddValues(at) } },
    { name: 'gone', gauge: { dataPoints: [{ ...at, asDouble: 1, flags: round === 2 ? 1 : 0 }] } },
    {
      name: 'latency',
      unit: 's',
      histogram: { aggregationTemporality: 2, dataPoints: classics(at, round) },
    },
    {
      name: 'sizes',
      unit: 'By',
      exponentialHistogram: { aggregationTemporality: 2, dataPoints: exponentials(at, round) },
    },
    { name: 'quick', unit: 'ms', summary: { dataPoints: summaries(at, round) } },
  ];
}

function deltas(at: Clock, round: number): object[] {
  const [classic] = classics(at, round);
  const dataPoints = [{ ...at, asInt: String(round + 1) }];
  const spread = [
    { ...at, ...exponential({ scale: 3, offset: round * 4, counts: [1, 0, 2, 3] }) },
    {
      ...at,
      attributes: [text('kind', 'rescaled')],
      ...exponential({ scale: 3 - round, offset: 0, counts: [1, 1, 1, 1] }),
    },
  ];
  return [
    { name: 'delta.sum', sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints } },
    { name: 'delta.updown', sum: { aggregationTemporality: 1, isMonotonic: false, dataPoints } },
    { name: 'delta.histogram', histogram: { aggregationTemporality: 1, dataPoints: [classic] } },
    {
      name: 'delta.exponential',
      exponentialHistogram: { aggregationTemporality: 1, dataPoints: spread },
    },
  ];
}

function gauge(name: string, at: Clock, attributes: Attribute[]): object {
  return { name, gauge: { dataPoints: [{ ...at, asDouble: 1.5, attributes }] } };
}

/** Without -0, which remote read cannot tell from 0. */
function oddValues(at: Clock): object[] {
  const numbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1e308];
  return [
    ...numbers.map((asDouble, n) => ({ ...at, asDouble, attributes: [text('n', `d${n}`)] })),
    ...['9007199254740993', '-9223372036854775808', '9223372036854775807'].map((asInt, n) => ({
      ...at,
      asInt,
      attributes: [text('n', `i${n}`)],
    })),
    { ...at, attributes: [text('n', 'none')] },
  ];
}

function classics(at: Clock, round: number): object[] {
  const explicitBounds = [0.005, 0.25, 1, 1e-7, 1e21, 1e22].sort((a, b) => a - b);
  const bucketCounts = [0, 1, 2, 0, 3, 0, 4].map((count) => String(count * (round + 1)));
  const count = String(10 * (round + 1));
  const at2 = { ...at, count };
  const gone = round === 2 ? { flags: 1 } : {};
  return [
    { ...at2, sum: 1.25 * round, bucketCounts, explicitBounds, attributes: [text('le', 'own')] },
    { ...at2, bucketCounts, explicitBounds, attributes: [text('kind', 'no sum')] },
    { ...at2, sum: 7, bucketCounts: [count], attributes: [text('kind', 'one bucket')] },
    { ...at2, sum: 7, bucketCounts, explicitBounds, attributes: [text('kind', 'gone')], ...gone },
  ];
}

function exponentials(at: Clock, round: number): object[] {
  const shapes: { kind: string; scale: number; offset: number; counts: number[] }[] = [
    { kind: 'plain', scale: 3, offset: -2, counts: [1, 2, 0, 3] },
    { kind: 'gaps', scale: 0, offset: 0, counts: [1, 0, 0, 2, 0, 0, 0, 0, 5, 0] },
    { kind: 'empty head', scale: 8, offset: -5, counts: [0, 0, 0, 0, 4, 1] },
    { kind: 'fine', scale: 10, offset: 3, counts: [1, 2, 3, 4, 5, 6, 7, 8, 9] },
    { kind: 'fine, empty head', scale: 9, offset: 0, counts: [0, 0, 1, 1, 0, 0, 0, 0, 2] },
    { kind: 'very fine', scale: 20, offset: -7000, counts: [1, 0, 0, 9] },
    { kind: 'coarse', scale: -4, offset: -1, counts: [3, 4] },
    { kind: 'none', scale: 5, offset: 0, counts: [] },
    { kind: 'zeros', scale: 5, offset: 2, counts: [0, 0, 0, 0, 0] },
  ];
  return shapes.map((shape) => ({
    ...at,
    ...exponential({ ...shape, counts: shape.counts.map((count) => count * (round + 1)) }),
    attributes: [text('kind', shape.kind)],
    ...(shape.kind === 'plain' && round === 2 ? { flags: 1 } : {}),
  }));
}

function exponential(shape: { scale: number; offset: number; counts: readonly number[] }): object {
  const total = shape.counts.reduce((sum, count) => sum + count, 0);
  return {
    scale: shape.scale,
    zeroCount: '2',
    zeroThreshold: 0.5,
    sum: 3.5,
    count: String(2 * total + 2),
    positive: { offset: shape.offset, bucketCounts: shape.counts.map(String) },
    negative: { offset: shape.offset + 1, bucketCounts: shape.counts.map(String) },
  };
}

function summaries(at: Clock, round: number): object[] {
  const quantileValues = [0, 0.5, 0.999, 1].map((quantile) => ({ quantile, value: quantile * 10 }));
  return [
    { ...at, count: '9', sum: 4.5, quantileValues, attributes: [text('kind', 'all')] },
    { ...at, count: '0', attributes: [text('kind', 'bare')] },
    {
      ...at,
      count: '1',
      quantileValues,
      flags: round === 2 ? 1 : 0,
      attributes: [text('kind', 'gone')],
    },
  ];
}

/** Names that become equal, in an order that is not theirs. */
function collisions(): Attribute[] {
  return [
    text('a_b', '3'),
    text('a.b', '2'),
    text('a-b', '1'),
    text('c..d', 'kept'),
    text('c.d', ''),
  ];
}

/** One attribute of each kind. */
function values(): Attribute[] {
  const stringValue = 'quote " back \\ line\n<&>';
  return [
    { key: 'flag', value: { boolValue: true } },
    { key: 'int', value: { intValue: '-9223372036854775808' } },
    { key: 'double', value: { doubleValue: 1e21 } },
    { key: 'tiny', value: { doubleValue: 1.5e-7 } },
    { key: 'minus.zero', value: { doubleValue: -0 } },
    { key: 'nan', value: { doubleValue: Number.NaN } },
    { key: 'infinite', value: { doubleValue: Number.NEGATIVE_INFINITY } },
    { key: 'bytes', value: { bytesValue: new Uint8Array([0, 255, 62, 63]) } },
    { key: 'text', value: { stringValue } },
    { key: 'nothing', value: {} },
    {
      key: 'list',
      value: {
        arrayValue: {
          values: [
            { stringValue },
            { doubleValue: 2 },
            { boolValue: false },
            {},
            { bytesValue: new Uint8Array([1]) },
          ],
        },
      },
    },
    {
      key: 'map',
      value: {
        kvlistValue: {
          values: [
            text('z', '\u2028'),
            { key: 'a', value: { intValue: '7' } },
            { key: 'é', value: { doubleValue: 1e-9 } },
          ],
        },
      },
    },
    { key: 'unprintable', value: { arrayValue: { values: [{ doubleValue: Number.NaN }] } } },
  ];
}

function text(key: string, stringValue: string): Attribute {
  return { key, value: { stringValue } };
}
