import type { Config } from '../../config.ts';

export interface AttributeLimits {
  readonly attributeCountLimit?: number;
  readonly attributeValueLengthLimit?: number;
}

export interface SpanLimits extends AttributeLimits {
  readonly eventCountLimit?: number;
  readonly linkCountLimit?: number;
  readonly attributePerEventCountLimit?: number;
  readonly attributePerLinkCountLimit?: number;
}

/** `OTEL_SPAN_*`, `OTEL_EVENT_*`, `OTEL_LINK_*` and `OTEL_ATTRIBUTE_*` as far as they are set. */
export function spanLimits(config: Config): SpanLimits {
  return set({
    attributeCountLimit: limit(config, [
      'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_ATTRIBUTE_COUNT_LIMIT',
    ]),
    attributeValueLengthLimit: limit(config, [
      'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    ]),
    eventCountLimit: limit(config, ['OTEL_SPAN_EVENT_COUNT_LIMIT']),
    linkCountLimit: limit(config, ['OTEL_SPAN_LINK_COUNT_LIMIT']),
    attributePerEventCountLimit: limit(config, [
      'OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT',
    ]),
    attributePerLinkCountLimit: limit(config, [
      'OTEL_LINK_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT',
    ]),
  });
}

/** `OTEL_LOGRECORD_*` and `OTEL_ATTRIBUTE_*` as far as they are set; zero counts as not set. */
export function logRecordLimits(config: Config): AttributeLimits {
  const positive = (names: readonly string[]): number | undefined =>
    names.map((name) => config.number(name)).find((value) => value !== undefined && value > 0);
  return set({
    attributeCountLimit: positive([
      'OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT',
      'OTEL_ATTRIBUTE_COUNT_LIMIT',
    ]),
    attributeValueLengthLimit: positive([
      'OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT',
      'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    ]),
  });
}

/** The first that is set. */
const limit = (config: Config, names: readonly string[]): number | undefined =>
  names.map((name) => config.number(name)).find((value) => value !== undefined);

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

const set = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<T>;
