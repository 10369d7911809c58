import type { Meter, MeterProvider } from '@opentelemetry/api';

import { type Binding, followMeter } from '@telltale/instrument';

export const SCOPE = 'telltale';

/** Instruments of the scope `telltale` that follow the global MeterProvider. */
export function liveInstruments<T>(
  bind: (meter: Meter, provider: MeterProvider) => Binding<T>,
): () => T {
  return followMeter(SCOPE, bind).current;
}
