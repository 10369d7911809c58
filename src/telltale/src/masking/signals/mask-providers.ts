import type { Resource } from '@opentelemetry/resources';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { MetricReader } from '@opentelemetry/sdk-metrics';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';

import { maskResource } from '../resource-masking.ts';
import { LogMasking } from './log-masking.ts';
import { maskMetricsOf } from './metric-masking.ts';
import { SpanMasking } from './span-masking.ts';

/**
 * Fields of the SDK's providers that hold what they were made of. They are private, but the SDK that
 * `OTEL_CONFIG_FILE` declares takes nothing from code. The SDK's version is pinned, and the one who
 * changes it sees a test fail.
 */
interface ProviderParts {
  /** Of tracers. */
  readonly _resource?: Resource;
  readonly _sharedState?: {
    readonly resource?: Resource;
    /** Of loggers; the processor that calls them holds the same array. */
    readonly processors?: LogRecordProcessor[];
    readonly metricCollectors?: readonly { readonly _metricReader?: MetricReader }[];
  };
  readonly _activeSpanProcessor?: { readonly _spanProcessors?: SpanProcessor[] };
}

/**
 * Puts masking before everything that leaves through a tracer provider of another tool.
 *
 * @returns false when its parts cannot be reached
 */
export function maskTraces(provider: object): boolean {
  const processors = (provider as ProviderParts)._activeSpanProcessor?._spanProcessors;
  processors?.unshift(new SpanMasking());
  return (maskResourceOf(provider) && processors !== undefined) || !isMade(provider);
}

/** As `maskTraces`, for a meter provider. */
export function maskMetrics(provider: object): boolean {
  const readers = metricReaders(provider);
  for (const reader of readers ?? []) maskMetricsOf(reader);
  return (maskResourceOf(provider) && readers !== undefined) || !isMade(provider);
}

/** The readers of a meter provider of another tool; `undefined` when one cannot be reached. */
export function metricReaders(provider: object): readonly MetricReader[] | undefined {
  const collectors = (provider as ProviderParts)._sharedState?.metricCollectors;
  const readers = collectors?.flatMap(({ _metricReader: reader }) => reader ?? []);
  return readers?.length === collectors?.length ? readers : undefined;
}

/** As `maskTraces`, for a logger provider. */
export function maskLogs(provider: object): boolean {
  const processors = (provider as ProviderParts)._sharedState?.processors;
  processors?.unshift(new LogMasking());
  return (maskResourceOf(provider) && processors !== undefined) || !isMade(provider);
}

/** False where its resource cannot be reached. */
function maskResourceOf(provider: object): boolean {
  const { _resource, _sharedState } = provider as ProviderParts;
  const resource = _resource ?? _sharedState?.resource;
  if (resource !== undefined) maskResource(resource);
  return resource !== undefined;
}

/** Adds processors to a logger provider of another tool; false when it takes none. */
export function addLogProcessors(loggers: object, added: readonly LogRecordProcessor[]): boolean {
  const { processors } = (loggers as ProviderParts)._sharedState ?? {};
  if (processors === undefined || processors.length === 0) return false;
  processors.push(...added);
  return true;
}

/** Whether a file declared this provider: the API's own ones do nothing. */
const isMade = (provider: object): boolean => !/^Noop|^Proxy/u.test(provider.constructor.name);
