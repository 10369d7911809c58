import { BATCHES } from './batches.ts';
import { EXPORTERS, HTTP } from './exporters.ts';
import { LIMITS } from './limits.ts';
import { OTLP } from './otlp.ts';
import { RESOURCE, SAMPLERS } from './resource.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...RESOURCE,
  ...SAMPLERS,
  ...LIMITS,
  ...BATCHES,
  ...EXPORTERS,
  ...HTTP,
  ...OTLP,
];
