import { isConfigError } from './config/config-error.ts';
import { type LoadedConfig, refuseVanished } from './config/load.ts';
import { loadNotifySet, type NotifySet } from './config/notify-set.ts';
import { loadRuleSet, type RuleSet, refuseNewlyBroken } from './config/rules/rule-set.ts';
import type { CollectorConfig } from './config/schema/collector-config.ts';
import { loadApiKeys } from './config/secrets.ts';
import { checkExposure } from './config/settings.ts';
import { sendHttp } from './http/client/node-client.ts';
import { sendMail } from './http/client/send-mail.ts';
import { Authenticator } from './http/server/auth.ts';
import { type AppPorts, Listeners } from './listeners/listeners.ts';
import { RequestCounters } from './listeners/request-counters.ts';
import type { HttpMessage, HttpResult } from './model/http-message.ts';
import { type Clock, systemClock } from './runtime/clock.ts';
import type { Log } from './runtime/log.ts';
import { selfMetricTable } from './runtime/service/self-metric-table.ts';
import { SelfMetrics } from './runtime/service/self-metrics.ts';
import { ServiceCore } from './runtime/service/service-core.ts';

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

/** The alert service: configuration in, running listeners and evaluations out. */
export class App {
  readonly core: ServiceCore;
  readonly #options: AppOptions;
  readonly #metrics = new SelfMetrics();
  readonly #counters = new RequestCounters();
  readonly #authenticator: Authenticator;
  readonly #listeners: Listeners;
  #isConfigCurrent = true;
  #loaded: LoadedAll;

  /**
   * @throws {ConfigError} when the configuration or a rule file cannot be used.
   * @throws {DataFolderInUseError} when another service runs on the data folder.
   */
  constructor(options: AppOptions) {
    this.#options = options;
    this.#loaded = loadAll(options);
    const { config, folder, rules, notify } = this.#loaded;
    const { clock = systemClock, log, version } = options;
    this.#authenticator = new Authenticator(
      loadApiKeys(config.api_keys, { folder, env: options.env }),
    );
    this.core = new ServiceCore({
      config,
      folder,
      rules,
      notify,
      clock,
      log,
      monotonicMs: options.monotonicMs ?? (() => performance.now()),
      random: options.random ?? Math.random,
      send: options.send ?? sendHttp,
      sendMail,
      clientName: clientName(options),
    });
    this.#listeners = new Listeners({
      core: this.core,
      version,
      log,
      startedMs: clock.nowMs(),
      nowMs: () => clock.nowMs(),
      authenticator: this.#authenticator,
      counters: this.#counters,
      isConfigCurrent: () => this.#isConfigCurrent,
      metricsText: () => this.#metrics.text(),
      reload: (actor) => this.reload(actor),
    });
    this.#registerMetrics();
  }

  get ports(): AppPorts {
    return this.#listeners.ports;
  }

  /** Resolves when the service takes data. Until then senders are told to come back. */
  async start(): Promise<void> {
    try {
      await this.#listeners.start();
    } catch (error) {
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
    await this.#listeners.stop();
    await this.core.stop();
    await this.#metrics.stop();
  }

  /** Ends at once: what is in work is lost, as in a crash. Tests and fatal errors use it. */
  async kill(): Promise<void> {
    this.core.kill();
    await this.#listeners.stop();
  }

  /** Returns what is wrong with the new configuration; empty when it is in place. */
  reload(actor: string): readonly string[] {
    const { log } = this.#options;
    try {
      const loaded = loadAll(this.#options, this.#loaded);
      const { config, rules, notify } = loaded;
      for (const name of restartNeeded(this.core.config, config)) {
        log.warn({ section: name }, 'A changed section takes effect after a restart only');
      }
      this.core.reload(config, { rules, notify }, actor);
      this.#loaded = loaded;
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

  #registerMetrics(): void {
    const { core } = this;
    const { plane, runner, delivery, notifier, forwarder, fleet } = core.parts;
    this.#metrics.register(
      selfMetricTable({
        store: plane.store,
        ingest: plane.ingest,
        runner,
        delivery,
        notifier,
        forwarder,
        fleet,
        requests: this.#counters.requests,
        discarded: this.#counters.discarded,
        state: () => ({
          ...core.figures(),
          isConfigCurrent: this.#isConfigCurrent,
          authFailures: this.#authenticator.failureCount,
        }),
      }),
    );
  }
}

function clientName({ version }: AppOptions): string {
  return `Telltale/${version}`;
}

interface LoadedAll extends LoadedConfig {
  readonly rules: RuleSet;
  readonly notify: NotifySet;
}

/** @throws {ConfigError} also when something that was there `before` cannot be read any more. */
function loadAll(options: AppOptions, before?: LoadedAll): LoadedAll {
  const loaded = options.load();
  if (before !== undefined) refuseVanished(loaded, before);
  checkExposure(loaded.config, 'telltale.yaml');
  const { config, folder } = loaded;
  const notify = loadNotifySet(config, folder);
  const rules = loadRuleSet(config, folder);
  if (before !== undefined) refuseNewlyBroken(rules, before.rules);
  return { ...loaded, rules, notify };
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
  'forward',
] as const satisfies readonly (keyof CollectorConfig)[];

/** The same of `notify`, whose other parts a reload changes. */
const START_ONLY_NOTIFY = ['outbox', 'rate_limits'] as const;

function restartNeeded(before: CollectorConfig, after: CollectorConfig): readonly string[] {
  const isChanged = (one: unknown, other: unknown): boolean =>
    JSON.stringify(one) !== JSON.stringify(other);
  return [
    ...START_ONLY.filter((key) => isChanged(before[key], after[key])),
    ...START_ONLY_NOTIFY.filter((key) => isChanged(before.notify[key], after.notify[key])).map(
      (key) => `notify.${key}`,
    ),
  ];
}
