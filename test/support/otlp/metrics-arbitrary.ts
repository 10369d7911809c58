import fc from 'fast-check';

/** Requests as plain objects for the protobuf library: every kind, every field, odd values too. */

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const fixed64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const nanoseconds = fc.oneof(
  fc.bigInt({ min: 1_700_000_000_000_000_000n, max: 1_900_000_000_000_000_000n }).map(String),
  fixed64,
);
const double = fc.double();
const text = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 40 }));

const { anyValue } = fc.letrec<{ anyValue: object; keyValue: object }>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ stringValue: text }),
    fc.record({ boolValue: fc.boolean() }),
    fc.record({ intValue: int64 }),
    fc.record({ doubleValue: double }),
    fc.record({ bytesValue: fc.uint8Array({ maxLength: 6 }) }),
    fc.constant({}),
    fc.array(tie('anyValue'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc.array(tie('keyValue'), { maxLength: 3 }).map((values) => ({ kvlistValue: { values } })),
  ),
  keyValue: fc.record({ key: text, value: tie('anyValue') }),
}));
const attributes = fc.array(fc.record({ key: text, value: anyValue }), { maxLength: 4 });

const value = fc.oneof(
  fc.record({ asDouble: double }),
  fc.record({ asInt: int64 }),
  fc.constant({}),
);
const exemplar = fc
  .tuple(
    fc.record({
      filteredAttributes: attributes,
      timeUnixNano: nanoseconds,
      traceId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      spanId: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    }),
    value,
  )
  .map(([rest, scalar]) => ({ ...rest, ...scalar }));

const point = {
  attributes,
  startTimeUnixNano: nanoseconds,
  timeUnixNano: nanoseconds,
  exemplars: fc.array(exemplar, { maxLength: 2 }),
  flags: fc.constantFrom(0, 1, 3, 0xffffffff),
};
const numberPoint = fc
  .tuple(fc.record(point, { requiredKeys: [] }), value)
  .map(([rest, scalar]) => ({ ...rest, ...scalar }));
const histogramPoint = fc.record(
  {
    ...point,
    count: fixed64,
    sum: double,
    bucketCounts: fc.array(fixed64, { maxLength: 6 }),
    explicitBounds: fc.array(double, { maxLength: 6 }),
    min: double,
    max: double,
  },
  { requiredKeys: [] },
);
const buckets = fc.record(
  {
    offset: fc.integer(),
    bucketCounts: fc.array(fc.oneof(fc.nat(300).map(String), fixed64), { maxLength: 6 }),
  },
  { requiredKeys: [] },
);
const exponentialPoint = fc.record(
  {
    ...point,
    count: fixed64,
    sum: double,
    scale: fc.integer({ min: -12, max: 22 }),
    zeroCount: fixed64,
    positive: buckets,
    negative: buckets,
    zeroThreshold: double,
  },
  { requiredKeys: [] },
);
const summaryPoint = fc.record(
  {
    attributes,
    startTimeUnixNano: nanoseconds,
    timeUnixNano: nanoseconds,
    flags: fc.constantFrom(0, 1),
    count: fixed64,
    sum: double,
    quantileValues: fc.array(fc.record({ quantile: double, value: double }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);

const temporality = fc.constantFrom(0, 1, 2);
const points = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(of, { maxLength: 3 });
const data = fc.oneof(
  fc.record({ gauge: fc.record({ dataPoints: points(numberPoint) }) }),
  fc.record({
    sum: fc.record({
      dataPoints: points(numberPoint),
      aggregationTemporality: temporality,
      isMonotonic: fc.boolean(),
    }),
  }),
  fc.record({
    histogram: fc.record({
      dataPoints: points(histogramPoint),
      aggregationTemporality: temporality,
    }),
  }),
  fc.record({
    exponentialHistogram: fc.record({
      dataPoints: points(exponentialPoint),
      aggregationTemporality: temporality,
    }),
  }),
  fc.record({ summary: fc.record({ dataPoints: points(summaryPoint) }) }),
  fc.constant({}),
);
const metric = fc
  .tuple(fc.record({ name: text, description: text, unit: text }, { requiredKeys: [] }), data)
  .map(([header, body]) => ({ ...header, ...body }));

/** `ExportMetricsServiceRequest` objects. */
export const metricsRequest: fc.Arbitrary<object> = fc.record({
  resourceMetrics: fc.array(
    fc.record(
      {
        resource: fc.record({ attributes, droppedAttributesCount: fc.nat() }),
        scopeMetrics: fc.array(
          fc.record(
            {
              scope: fc.record({ name: text, version: text, attributes }, { requiredKeys: [] }),
              metrics: fc.array(metric, { maxLength: 3 }),
              schemaUrl: text,
            },
            { requiredKeys: [] },
          ),
          { maxLength: 2 },
        ),
        schemaUrl: text,
      },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
});
