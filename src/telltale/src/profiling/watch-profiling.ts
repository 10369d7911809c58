import {
  ATTR_EVENTLOOP_STALL_CAUSE,
  ATTR_EVENTLOOP_STALL_DURATION,
  ATTR_EVENTLOOP_STALL_FUNCTION,
  ATTR_EVENTLOOP_STALL_STACKS,
  EVENT_NODEJS_EVENTLOOP_STALL,
  METRIC_EVENTLOOP_STALL_DURATION,
} from '@telltale/core';
import type { PyroscopeServer, Stall } from '@telltale/instrumentation-profiler';

import type { Config } from '../config.ts';
import { reasonOf, report } from '../diagnostics.ts';
import { emitEvent } from '../events/emit-event.ts';
import { BoundHistogram } from '../instruments/bound-histogram.ts';
import { countError } from '../self-metrics.ts';
import { exactProfiler, startExactly } from './exact-spans.ts';
import { sendOtlpProfile } from './send-otlp-profile.ts';
import { profiledSpans } from './spans.ts';

/** Starts what the configuration asks for; the profiler is not loaded otherwise. Never throws. */
export function watchProfiling(config: Config): void {
  if (config.flag('profile.exact')) void startExactly().catch(failed);
  const modes = config.list('profile.modes');
  const wanted = (['continuous', 'on-stall'] as const).filter((mode) => modes.includes(mode));
  if (wanted.length === 0) return;
  // At once: spans that begin while the profiler is loaded are seen too.
  profiledSpans().watch();
  void start(config, wanted).catch(failed);
}

async function start(config: Config, modes: readonly string[]): Promise<void> {
  if (config.flag('profile.exact')) await startExactly().catch(failed);
  const { watchStalls, profileContinuously } = await import('@telltale/instrumentation-profiler');
  if (modes.includes('on-stall')) {
    watchStalls({
      stallMs: config.number('profile.stall_ms') ?? 200,
      onStall: tellStall,
      onLag: recordLag(),
      onFailure: failed,
    });
  }
  if (modes.includes('continuous')) {
    const folder = config.text('profile.folder');
    const pyroscope = pyroscopeOf(config);
    const exact = exactProfiler();
    profileContinuously({
      application: config.text('service.name') ?? 'unknown_service:node',
      spans: profiledSpans().log,
      ...(exact === undefined ? {} : { exact }),
      onFailure: failed,
      ...(config.flag('profile.otlp') ? { onRecorded: sendOtlpProfile(config) } : {}),
      ...(folder === undefined ? {} : { folder }),
      ...(pyroscope === undefined ? {} : { pyroscope }),
    });
  }
}

/** One series for each cause, made once. */
function recordLag(): (lagMs: number, cause: 'process' | 'host') => void {
  const of = (cause: string): BoundHistogram =>
    new BoundHistogram(METRIC_EVENTLOOP_STALL_DURATION, {
      [ATTR_EVENTLOOP_STALL_CAUSE.name]: cause,
    });
  const series = { process: of('process'), host: of('host') };
  return (lagMs, cause) => series[cause].record(lagMs / 1000);
}

function pyroscopeOf(config: Config): PyroscopeServer | undefined {
  const address = config.text('PYROSCOPE_SERVER_ADDRESS');
  const token = config.text('PYROSCOPE_AUTH_TOKEN');
  const tenant = config.text('PYROSCOPE_TENANT_ID');
  if (address === undefined) return undefined;
  return {
    address,
    ...(token === undefined ? {} : { token }),
    ...(tenant === undefined ? {} : { tenant }),
  };
}

function tellStall({ lagMs, topFrame, stacks, summary }: Stall): void {
  const seconds = lagMs / 1000;
  const place =
    topFrame === undefined
      ? {}
      : {
          [ATTR_EVENTLOOP_STALL_FUNCTION.name]: `${topFrame.name} ${topFrame.file}:${topFrame.line}`,
        };
  const attributes = { [ATTR_EVENTLOOP_STALL_DURATION.name]: seconds, ...place };
  // A request that was open all the while was hit: it is noted on its innermost span.
  profiledSpans().log.open.at(-1)?.addEvent?.(EVENT_NODEJS_EVENTLOOP_STALL.name, attributes);
  emitEvent(EVENT_NODEJS_EVENTLOOP_STALL, {
    message: summary,
    attributes: { ...attributes, [ATTR_EVENTLOOP_STALL_STACKS.name]: [...stacks] },
  });
}

function failed(error: unknown): void {
  countError('profiler', 'exception');
  report('profiler', `Cannot profile: ${reasonOf(error)}`);
}
