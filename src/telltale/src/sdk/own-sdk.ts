import { type Instrumentation, registerInstrumentations } from '@opentelemetry/instrumentation';

import type { Config } from '../config.ts';
import { reasonOf, report } from '../diagnostics.ts';
import { LateProducer } from '../export/late-producer.ts';
import type { MetricSources } from '../export/signals/metrics.ts';
import { hasModel, monitor } from '../http/serving/monitoring.ts';
import { type ScheduledServer, scheduleServer } from '../http/serving/scheduled-server.ts';
import { PrometheusPage } from '../page/page.ts';
import type { SharedPage } from '../shared-page/shared-page.ts';
import { createResource } from './environment/resource.ts';
import type { ApiGlobals, ApiSignal } from './globals/api-globals.ts';
import { type Providers, startProviders } from './providers.ts';

const TAKEN_OVER = 'The application runs its own OpenTelemetry SDK: Telltale reports';

export interface OwnSdk {
  shutdown(): Promise<void>;
  /** The port of the Prometheus page; `undefined` when there is none. */
  readonly pagePort: Promise<number | undefined>;
}

export interface OwnSdkParts {
  readonly globals: ApiGlobals;
  readonly instrumentations: readonly Instrumentation[];
  readonly page: SharedPage | undefined;
  /** Whether another SDK was announced, so that its arrival needs no message. */
  readonly isBeside: boolean;
  /** A source of histograms with exemplars for one reader, see `MetricSources`. */
  readonly createProducer: MetricSources['createProducer'];
}

/** Serves every signal that no other SDK serves, and steps aside for any later SDK. */
export function startOwnSdk(config: Config, parts: OwnSdkParts): OwnSdk {
  const { globals, createProducer } = parts;
  const wantsExemplars = config.text('export.exemplars') !== 'always_off';
  const late: (() => void)[] = [];
  const providers = startProviders({
    config,
    globals,
    resource: createResource(config),
    metrics: {
      wantsExemplars,
      createProducer: (temporality) => {
        const producer = new LateProducer();
        late.push(() => producer.start(createProducer(temporality)));
        return [producer];
      },
    },
  });
  registerInstrumentations({ instrumentations: [...parts.instrumentations] });
  for (const startProducer of late) startProducer();
  const server = servePage(config, { providers, wantsExemplars, page: parts.page });
  standAside(server, { ...parts, providers });
  return {
    pagePort: server.port,
    shutdown: async () => {
      server.stop();
      const { tracers, loggers, meters } = providers;
      await Promise.all([tracers?.shutdown(), loggers?.shutdown(), meters?.shutdown()]);
    },
  };
}

/**
 * The page shows the metrics that we serve. Where another SDK serves them it may open a page of its
 * own on the default port, so ours is then opened only on a configured port.
 */
function servePage(
  config: Config,
  parts: Pick<OwnSdkParts, 'page'> & {
    readonly providers: Providers;
    readonly wantsExemplars: boolean;
  },
): ScheduledServer {
  const { readers } = parts.providers;
  if (readers !== undefined) {
    const page = new PrometheusPage(readers.page, parts.wantsExemplars);
    monitor({ render: (accept) => page.render(accept) });
  }
  const isWanted = readers !== undefined || config.isSet('monitoring.port');
  return isWanted ? scheduleServer(config, { hasModel, page: parts.page }) : NO_SERVER;
}

const NO_SERVER: ScheduledServer = { stop: () => {}, port: Promise.resolve(undefined) };

/** Lets a later SDK take over, signal by signal; what we still hold of it is sent and ended. */
function standAside(
  server: ScheduledServer,
  parts: OwnSdkParts & { readonly providers: Providers },
): void {
  const taken = new Set<ApiSignal>();
  parts.globals.onTaken((signal) => {
    if (signal === 'context' || signal === 'propagation') return;
    if (signal === 'metrics') {
      server.stop();
      monitor({ render: undefined });
    }
    if (taken.size === 0 && !parts.isBeside) queueMicrotask(() => tellTaken(taken));
    taken.add(signal);
    // The registration is under way; its provider is reachable once this tick's code has run.
    queueMicrotask(() => yieldSignal(signal, parts));
  });
}

/** An SDK registers what it has in one go, so one line tells all of it. */
function tellTaken(taken: ReadonlySet<ApiSignal>): void {
  const what = taken.has('trace') ? 'its traces' : 'its logs';
  const rest = taken.has('metrics') ? 'through it and serves no page' : `${what} through it`;
  report('sdk', `${TAKEN_OVER} ${rest}`);
}

function yieldSignal(
  signal: ApiSignal,
  parts: OwnSdkParts & { readonly providers: Providers },
): void {
  const { providers, instrumentations } = parts;
  if (signal === 'trace') void end(providers.tracers?.yield());
  else void end(signal === 'metrics' ? providers.meters : providers.loggers);
  registerInstrumentations({ instrumentations: [...instrumentations] });
}

/** Sends what a provider still holds and ends it. It never holds the process. */
async function end(provider: object | undefined): Promise<void> {
  try {
    await (provider as { shutdown?(): Promise<void> } | undefined)?.shutdown?.();
  } catch (cause) {
    report('sdk', `Cannot end the own SDK: ${reasonOf(cause)}`);
  }
}
