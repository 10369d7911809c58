import type { TextMapPropagator } from '@opentelemetry/api';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3';

import type { Config } from '../../config.ts';
import { report } from '../../diagnostics.ts';

const PROPAGATORS: Readonly<Record<string, () => TextMapPropagator>> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
  b3: () => new B3Propagator(),
  b3multi: () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
};

/** `OTEL_PROPAGATORS`: how context crosses processes; `undefined` when it does not. */
export function createPropagator(config: Config): TextMapPropagator | undefined {
  const names = [...new Set(config.list('OTEL_PROPAGATORS'))];
  if (names.includes('none')) return undefined;
  const propagators = names.flatMap((name) => PROPAGATORS[name]?.() ?? []);
  for (const name of names.filter((one) => PROPAGATORS[one] === undefined)) {
    report(
      `OTEL_PROPAGATORS ${name}`,
      `OTEL_PROPAGATORS: Cannot use ${name}: only a tool that brings it can`,
    );
  }
  const [first] = propagators;
  return propagators.length > 1 ? new CompositePropagator({ propagators }) : first;
}
