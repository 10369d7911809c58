import { type Meter, type MeterProvider, metrics } from '@opentelemetry/api';

import { SCHEMA_URL } from '@telltale/core';

import { ProviderWatch } from './provider-watch.ts';

/** What belongs to one MeterProvider: instruments, and how to let go of its callbacks. */
export interface Binding<T> {
  readonly instruments: T;
  readonly detach?: () => void;
}

/** Instruments of the MeterProvider of the moment. */
export interface FollowedMeter<T> {
  /** The instruments; made again when the provider has changed. */
  readonly current: () => T;
  /** Lets go of the callbacks. */
  readonly detach: () => void;
}

/** Instruments that follow the global MeterProvider. */
export function followMeter<T>(
  scope: string,
  bind: (meter: Meter, provider: MeterProvider) => Binding<T>,
): FollowedMeter<T> {
  const watch = new ProviderWatch(() => metrics.getMeterProvider());
  let binding: Binding<T> | undefined;
  const bindTo = (provider: MeterProvider): Binding<T> => {
    binding?.detach?.();
    binding = undefined;
    binding = bind(provider.getMeter(scope, undefined, { schemaUrl: SCHEMA_URL }), provider);
    return binding;
  };
  return {
    current: () => {
      const provider = watch.changed();
      if (provider !== undefined) return bindTo(provider).instruments;
      return (binding ?? bindTo(metrics.getMeterProvider())).instruments;
    },
    detach: () => binding?.detach?.(),
  };
}
