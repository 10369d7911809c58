import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';

import type { Config } from '../../config.ts';
import { report } from '../../diagnostics.ts';

const RATIO_DEFAULT = 1;

/** `OTEL_TRACES_SAMPLER` and its argument: which traces are kept. All of them by default. */
export function createSampler(config: Config): Sampler {
  const name = config.text('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  const root = rootSampler(name.replace(/^parentbased_/u, ''), config);
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(name: string, config: Config): Sampler {
  switch (name) {
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratioOf(config));
    case 'jaeger_remote':
    case 'xray':
      report(
        'OTEL_TRACES_SAMPLER',
        `OTEL_TRACES_SAMPLER: Cannot use ${name}: only a tool that brings it can; all traces are kept`,
      );
      return new AlwaysOnSampler();
    default:
      return new AlwaysOnSampler();
  }
}

function ratioOf(config: Config): number {
  const text = config.text('OTEL_TRACES_SAMPLER_ARG');
  const ratio = text === undefined ? Number.NaN : Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  const given = text === undefined ? 'it is not set' : `current value is "${text}"`;
  report(
    'OTEL_TRACES_SAMPLER_ARG',
    `OTEL_TRACES_SAMPLER_ARG: Cannot use it: expected a number from 0 to 1: ${given}; all traces are kept`,
  );
  return RATIO_DEFAULT;
}
