import type { LoggerProvider, MeterProvider, TracerProvider } from '@opentelemetry/api';

import { SCHEMA_URL } from '@telltale/core';

// `InstrumentationBase` asks its provider by name and version alone, so the schema URL of our names
// is added on the way.

export function tracersWithSchema(provider: TracerProvider): TracerProvider {
  return {
    getTracer: (name, version, options) =>
      provider.getTracer(name, version, { schemaUrl: SCHEMA_URL, ...options }),
  };
}

export function metersWithSchema(provider: MeterProvider): MeterProvider {
  return {
    getMeter: (name, version, options) =>
      provider.getMeter(name, version, { schemaUrl: SCHEMA_URL, ...options }),
  };
}

export function loggersWithSchema(provider: LoggerProvider): LoggerProvider {
  return {
    getLogger: (name, version, options) =>
      provider.getLogger(name, version, { schemaUrl: SCHEMA_URL, ...options }),
  };
}
