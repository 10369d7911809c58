import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { App, type AppOptions } from '../../../collector/src/app.ts';
import { parseConfig } from '../../../collector/src/config/load.ts';
import type { HttpMessage, HttpResult } from '../../../collector/src/model/http-message.ts';
import type { WebhookPayload } from '../../../collector/src/notify/channels/webhook/payload.ts';
import { createLog } from '../../../collector/src/runtime/log.ts';
import { encodeOtlp } from '../otlp/otlp-proto.ts';
import { FakeClock } from './fake-clock.ts';

export const START = 1_700_000_000_000;

/** One gauge point. */
export interface GaugePoint {
  readonly name: string;
  readonly value: number;
  readonly timeMs: number;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly instance?: string;
}

/** An encoded metrics request with one resource for each instance. */
export function metricsBody(points: readonly GaugePoint[]): Uint8Array {
  const instances = [...new Set(points.map(({ instance = 'i1' }) => instance))];
  return encodeOtlp('ExportMetricsServiceRequest', {
    resourceMetrics: instances.map((instance) => ({
      resource: {
        attributes: [attribute('service.name', 'shop'), attribute('service.instance.id', instance)],
      },
      scopeMetrics: [
        {
          metrics: points
            .filter((point) => (point.instance ?? 'i1') === instance)
            .map(({ name, value, timeMs, attributes = {} }) => ({
              name,
              gauge: {
                dataPoints: [
                  {
                    asDouble: value,
                    timeUnixNano: `${timeMs}000000`,
                    attributes: Object.entries(attributes).map(([key, text]) =>
                      attribute(key, text),
                    ),
                  },
                ],
              },
            })),
        },
      ],
    })),
  });
}

function attribute(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}

/** One notification that left the service, with alerts as `name status`. */
export interface SentNotification {
  readonly atMs: number;
  readonly status: string;
  readonly alerts: readonly string[];
}

/**
 * The whole alert service in this process: real files and sockets on port 0, a clock that only
 * moves when told to, and webhooks that go no further than `sent`.
 */
export class AlertServiceFixture {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'telltale-service-'));
  readonly clock = new FakeClock(START);
  readonly sent: SentNotification[] = [];
  /** Answers to the next messages; 200 when there are no more. */
  readonly answers: HttpResult[] = [];
  configText = '';
  #app: App | undefined;

  get app(): App {
    if (this.#app === undefined) throw new Error('The service is not running');
    return this.#app;
  }

  get isRunning(): boolean {
    return this.#app !== undefined;
  }

  writeRules(text: string): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, 'rules.yml'), text);
  }

  /** @param extra further lines of the `collector` section, indented by two. */
  configure(extra = ''): void {
    this.configText = `collector:
  listen: {otlp: '127.0.0.1:0', api: '127.0.0.1:0'}
  rules: [rules.yml]
  log: {level: error}
  notify:
    receivers: [{name: hook, type: webhook, url: 'http://hook.test/'}]
${extra}`;
  }

  create(options: Partial<AppOptions> = {}): App {
    this.#app = new App({
      load: () => ({ config: parseConfig(this.configText, 'telltale.yaml'), folder: this.folder }),
      log: createLog('silent'),
      version: '0.0.0',
      env: {},
      clock: this.clock,
      monotonicMs: () => this.clock.monotonicMs(),
      random: () => 0.5,
      send: (message) => this.#receive(message),
      ...options,
    });
    return this.#app;
  }

  async start(): Promise<void> {
    await this.create().start();
    await this.clock.advance(0);
  }

  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = undefined;
    await app?.stop();
  }

  /** Ends without any of what a graceful stop does. */
  async crash(): Promise<void> {
    const { app } = this;
    this.#app = undefined;
    await app.kill();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async post(
    points: readonly GaugePoint[],
    init: { readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Response> {
    return this.postBody(metricsBody(points), init);
  }

  async postBody(
    body: Uint8Array,
    { headers = {} }: { readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Response> {
    const response = await fetch(`http://127.0.0.1:${this.app.ports.otlp}/v1/metrics`, {
      method: 'POST',
      body: body as Uint8Array<ArrayBuffer>,
      headers: { 'content-type': 'application/x-protobuf', ...headers },
    });
    await this.clock.advance(0);
    return response;
  }

  /** Sends one value of one gauge now. */
  async gauge(value: number, extra: Partial<GaugePoint> = {}): Promise<void> {
    const point = { name: 'queue_depth', value, timeMs: this.clock.nowMs(), ...extra };
    const response = await this.post([point]);
    if (response.status !== 200) throw new Error(`Not accepted: ${response.status}`);
  }

  async get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.app.ports.api}${path}`);
  }

  async query(expr: string): Promise<unknown> {
    const response = await this.get(`/api/v1/query?query=${encodeURIComponent(expr)}`);
    const answer = (await response.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return answer.data.result.map(({ metric, value }) => [metric, value[1]]);
  }

  /** States of alerts as the API tells them: `name{instance} state`. */
  async alerts(): Promise<string[]> {
    const answer = (await (await this.get('/api/v1/alerts')).json()) as {
      data: { alerts: { labels: Record<string, string>; state: string }[] };
    };
    return answer.data.alerts.map(({ labels, state }) => `${labels['alertname']} ${state}`);
  }

  async #receive(message: HttpMessage): Promise<HttpResult> {
    const payload = JSON.parse(message.body) as WebhookPayload;
    this.sent.push({
      atMs: this.clock.nowMs() - START,
      status: payload.status,
      alerts: payload.alerts.map(({ labels, status }) => `${labels['alertname']} ${status}`),
    });
    return this.answers.shift() ?? { kind: 'answer', status: 200, headers: {}, body: '' };
  }
}
