import { type Meter, type MeterProvider, metrics } from '@opentelemetry/api';

import { SCHEMA_URL } from '@telltale/core';

/** What belongs to one MeterProvider: instruments, and how to let go of its callbacks. */
export interface Binding<T> {
  readonly instruments: T;
  readonly detach?: () => void;
}

export const SCOPE = 'telltale';

/**
 * Instruments that follow the global MeterProvider: the metrics API has no proxy, and an
 * application may start its own SDK after the first record. The check costs a few nanoseconds.
 */
export function liveInstruments<T>(bind: (meter: Meter) => Binding<T>): () => T {
  let provider: MeterProvider | undefined;
  let binding: Binding<T> | undefined;
  return () => {
    const current = metrics.getMeterProvider();
    if (binding === undefined || current !== provider) {
      binding?.detach?.();
      provider = current;
      binding = bind(current.getMeter(SCOPE, undefined, { schemaUrl: SCHEMA_URL }));
    }
    return binding.instruments;
  };
}
