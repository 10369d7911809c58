import type { CollectorConfig } from './config/collector-config.ts';
import { isConfigError } from './config/config-error.ts';
import type { LoadedConfig } from './config/load.ts';
import { loadRuleSet, type RuleSet } from './config/rule-set.ts';
import { loadApiKeys } from './config/secrets.ts';
import { checkExposure } from './config/settings.ts';
import { Authenticator } from './http/auth.ts';
import { GrpcListener } from './http/grpc-server.ts';
import type { RefusalFormat, Route } from './http/message.ts';
import { jsonResponse } from './http/message.ts';
import { sendHttp } from './http/node-client.ts';
import { HttpListener } from './http/node-server.ts';
import { type DriftApi, driftRoutes, instanceDriftRoutes } from './http/routes/drift.ts';
import { monitoringRoutes } from './http/routes/monitoring.ts';
import { operationsRoutes } from './http/routes/operations.ts';
import { otlpRefusal, otlpRoutes } from './http/routes/otlp.ts';
import type { PrometheusApi } from './http/routes/prometheus/api.ts';
import { queryRoutes } from './http/routes/prometheus/query-routes.ts';
import { ruleRoutes } from './http/routes/prometheus/rule-routes.ts';
import { seriesRoutes } from './http/routes/prometheus/series-routes.ts';
import { statusRoutes } from './http/routes/prometheus/status-routes.ts';
import type { HttpMessage, HttpResult } from './model/http-message.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import type { OtlpRequest } from './runtime/ingest/request-bytes.ts';
import { readUnkept, type UnkeptSignal } from './runtime/ingest/unkept-signals.ts';
import type { Log } from './runtime/log.ts';
import { KeyedCounter } from './runtime/service/keyed-counter.ts';
import { selfMetricTable } from './runtime/service/self-metric-table.ts';
import { SelfMetrics } from './runtime/service/self-metrics.ts';
import { ServiceCore } from './runtime/service/service-core.ts';
import { severityOf } from './runtime/severity.ts';

export interface AppOptions {
  /** Reads the configuration, at the start and at each reload. @throws {ConfigError} */
  readonly load: () => LoadedConfig;
  readonly log: Log;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Injected by tests. */
  readonly clock?: Clock;
  readonly monotonicMs?: () => number;
  readonly random?: () => number;
  readonly send?: (message: HttpMessage) => Promise<HttpResult>;
}

interface Listener {
  readonly port: number;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Ports in use; `undefined` for a listener that is switched off. */
export interface AppPorts {
  readonly otlp: number | undefined;
  readonly api: number | undefined;
  readonly grpc: number | undefined;
}

type Listeners = { readonly [Name in keyof AppPorts]: Listener | undefined };

/** Requests in work at once on each listener. */
const CONCURRENT_MAX = 100;

/** The alert service: configuration in, running listeners and evaluations out. */
export class App {
  readonly core: ServiceCore;
  readonly #options: AppOptions;
  readonly #metrics = new SelfMetrics();
  readonly #requests = new KeyedCounter(['route', 'status']);
  readonly #discarded = new KeyedCounter(['signal']);
  readonly #authenticator: Authenticator;
  readonly #listeners: Listeners;
  readonly #startedMs: number;
  #isConfigCurrent = true;

  /**
   * @throws {ConfigError} when the configuration or a rule file cannot be used.
   * @throws {DataFolderInUseError} when another service runs on the data folder.
   */
  constructor(options: AppOptions) {
    this.#options = options;
    const { config, folder, rules } = loadAll(options);
    const { clock = systemClock, log, version } = options;
    this.#startedMs = clock.nowMs();
    this.#authenticator = new Authenticator(
      loadApiKeys(config.api_keys, { folder, env: options.env }),
    );
    this.core = new ServiceCore({
      config,
      folder,
      rules,
      clock,
      log,
      monotonicMs: options.monotonicMs ?? (() => performance.now()),
      random: options.random ?? Math.random,
      send: options.send ?? sendHttp,
      clientName: `Telltale/${version}`,
    });
    this.#listeners = this.#createListeners(config, clock);
    this.#registerMetrics();
  }

  get ports(): AppPorts {
    const { otlp, api, grpc } = this.#listeners;
    return { otlp: otlp?.port, api: api?.port, grpc: grpc?.port };
  }

  /** Resolves when the service takes data. Until then senders are told to come back. */
  async start(): Promise<void> {
    try {
      for (const listener of this.#allListeners()) await listener.start();
    } catch (error) {
      await this.#stopListeners();
      this.core.abandon();
      throw error;
    }
    await this.core.start();
    this.#options.log.info({ ...this.ports }, 'The alert service is ready');
  }

  /** Ends gracefully: answers what is in work, delivers what is in the network, closes files. */
  async stop(): Promise<void> {
    this.#options.log.info({}, 'The alert service is stopping');
    this.core.refuseData();
    await this.#stopListeners();
    await this.core.stop();
    await this.#metrics.stop();
  }

  /** Ends at once: what is in work is lost, as in a crash. Tests and fatal errors use it. */
  async kill(): Promise<void> {
    this.core.kill();
    await this.#stopListeners();
  }

  /** Returns what is wrong with the new configuration; empty when it is in place. */
  reload(actor: string): readonly string[] {
    const { log } = this.#options;
    try {
      const { config, rules } = loadAll(this.#options);
      for (const name of restartNeeded(this.core.config, config)) {
        log.warn({ section: name }, 'A changed section takes effect after a restart only');
      }
      this.core.reload(config, rules, actor);
      this.#isConfigCurrent = true;
      log.info({ actor, groups: rules.groups.length }, 'Reloaded the configuration');
      return [];
    } catch (error) {
      if (!isConfigError(error)) throw error;
      this.#isConfigCurrent = false;
      log.error(
        { actor, problems: error.message.split('\n') },
        'Cannot reload: the old rules run on',
      );
      return error.message.split('\n');
    }
  }

  #createListeners(config: CollectorConfig, clock: Clock): Listeners {
    const { otlp, api, grpc } = config.listen;
    const nowMs = (): number => clock.nowMs();
    const common = {
      authenticator: this.#authenticator,
      nowMs,
      concurrentMax: CONCURRENT_MAX,
      onHandlerError: (error: unknown, line: { readonly path: string }) =>
        this.#options.log.error({ error: describe(error), path: line.path }, 'A handler failed'),
      onAnswer: (route: string, status: number) => this.#requests.add([route, String(status)]),
    };
    const bodyBytesMax = config.otlp.max_body_bytes;
    const { ingest } = this.core.plane;
    const otlpApi = {
      bodyBytesMax,
      take: ingest.take.bind(ingest),
      read: async (signal: UnkeptSignal, request: OtlpRequest) => {
        const answer = await readUnkept(signal, request, bodyBytesMax);
        if (answer.kind === 'read') this.#discarded.add([signal], answer.records);
        return answer;
      },
    };
    return {
      otlp:
        otlp &&
        new HttpListener({
          ...common,
          ...otlp,
          routes: [...otlpRoutes(otlpApi), ...instanceDriftRoutes(this.#driftApi(nowMs))],
          refusalFormat: otlpRefusal,
        }),
      api:
        api &&
        new HttpListener({
          ...common,
          ...api,
          routes: this.#apiRoutes(nowMs),
          refusalFormat: apiRefusal,
        }),
      grpc:
        grpc &&
        new GrpcListener({
          ...grpc,
          bodyBytesMax,
          authenticator: this.#authenticator,
          nowMs,
          take: otlpApi.take,
          onError: (error) => this.#options.log.debug({ error: describe(error) }, 'gRPC stream'),
        }),
    };
  }

  #apiRoutes(nowMs: () => number): Route[] {
    const { core } = this;
    const { store, exemplars, metadata, engine } = core.plane;
    const prometheus: PrometheusApi = {
      queries: engine,
      store,
      exemplars,
      version: this.#options.version,
      startedMs: this.#startedMs,
      get retainsAll() {
        return core.config.retain_all > 0;
      },
      isConfigCurrent: () => this.#isConfigCurrent,
      nowMs,
      groups: () => core.runner.groups,
      metadata: () => metadata,
    };
    return [
      ...queryRoutes(prometheus),
      ...seriesRoutes(prometheus),
      ...ruleRoutes(prometheus),
      ...statusRoutes(prometheus),
      ...monitoringRoutes({
        groups: () => core.runner.groups,
        severityOf: (labels) => severityOf(labels, core.config.severity),
        history: (filter) => core.history.list(filter),
      }),
      ...driftRoutes(this.#driftApi(nowMs)),
      ...operationsRoutes({
        problems: () => core.problems(),
        metricsText: () => this.#metrics.text(),
        reload: (actor) => Promise.resolve(this.reload(actor)),
      }),
    ];
  }

  #driftApi(nowMs: () => number): DriftApi {
    const { fleet, baselines, config } = this.core;
    return {
      bodyBytesMax: config.drift.baselines.max_body_bytes,
      status: () => fleet.status(nowMs()),
      counters: () => fleet.drift.counters,
      reset: (isWanted) => fleet.drift.reset(isWanted),
      baselines: () => baselines.list(),
      baseline: (key) => baselines.get(key, nowMs()),
      put: (key, text, actor) => baselines.put(text, key, { actor, nowMs: nowMs() }),
      upload: (key, text, instance) => baselines.upload(text, key, { instance, nowMs: nowMs() }),
      build: (key, from, actor) => {
        const by = { actor, nowMs: nowMs() };
        if (from === 'samples') return baselines.buildFromSamples(key, by);
        return baselines.buildFromHistogram(fleet.drift.valuesOf(key, by.nowMs), key, by);
      },
    };
  }

  #registerMetrics(): void {
    const { core } = this;
    const isConfigCurrent = (): boolean => this.#isConfigCurrent;
    const authFailures = (): number => this.#authenticator.failureCount;
    this.#metrics.register(
      selfMetricTable({
        store: core.plane.store,
        ingest: core.plane.ingest,
        runner: core.runner,
        delivery: core.delivery,
        fleet: core.fleet,
        requests: this.#requests,
        discarded: this.#discarded,
        state: () => ({
          ...core.state,
          walBytes: core.walBytes,
          isConfigCurrent: isConfigCurrent(),
          authFailures: authFailures(),
        }),
      }),
    );
  }

  #allListeners(): Listener[] {
    return Object.values(this.#listeners).filter((each) => each !== undefined);
  }

  async #stopListeners(): Promise<void> {
    await Promise.all(this.#allListeners().map((listener) => listener.stop()));
  }
}

function loadAll({ load }: AppOptions): LoadedConfig & { readonly rules: RuleSet } {
  const loaded = load();
  checkExposure(loaded.config, 'telltale.yaml');
  return { ...loaded, rules: loadRuleSet(loaded.config, loaded.folder) };
}

/** Sections that are read once, at the start. */
const START_ONLY = [
  'listen',
  'insecure',
  'data_dir',
  'external_url',
  'external_labels',
  'promql',
  'otlp',
  'limits',
  'api_keys',
  'drift',
] as const satisfies readonly (keyof CollectorConfig)[];

function restartNeeded(before: CollectorConfig, after: CollectorConfig): readonly string[] {
  return START_ONLY.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
}

const apiRefusal: RefusalFormat = ({ status, message, headers }, { path }) => {
  const isPrometheus = path.startsWith('/api/v1/');
  const type = status === 404 ? 'not_found' : 'unavailable';
  const body = isPrometheus
    ? { status: 'error', errorType: type, error: message }
    : { error: { code: `HTTP_${status}`, message } };
  const answer = jsonResponse(status, body);
  return { ...answer, headers: { ...answer.headers, ...headers } };
};

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
