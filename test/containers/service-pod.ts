import { chownSync, copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { exampleObjects, serviceConfig } from '../support/helm/rendered.ts';
import { ROOT } from '../support/tidy/source-file.ts';
import { HARDENED, type Outcome, podman, podmanOk } from './engine.ts';
import { SERVICE_IMAGE } from './names.ts';

const API = 'http://127.0.0.1:9465';
const OTLP = 'http://127.0.0.1:4328';
const KEY = 'a-key-of-this-test';

/** One more rule than those that are shipped: quick to fire. */
const RULE = `groups:
- name: queues
  interval: 1s
  rules:
  - alert: QueueDeep
    expr: queue_depth > 10
    labels: {severity: warning}
    annotations: {summary: 'depth {{ $value }}'}
`;

/**
 * The alert service in a container as the chart would run it: its configuration, all rules and the
 * key mounted read-only, one folder for data.
 */
export class ServicePod {
  readonly #name = `telltale-test-${process.pid}`;
  readonly #runtime: readonly string[];
  readonly #folder: string;

  constructor(folder: string, runtime: readonly string[]) {
    this.#folder = folder;
    this.#runtime = runtime;
  }

  get data(): string {
    return join(this.#folder, 'data');
  }

  /** Writes what Kubernetes would mount. `hook` is where notifications go. */
  prepare(hook: string): void {
    const mounted = join(this.#folder, 'mounted');
    for (const name of ['rules', 'secrets']) mkdirSync(join(mounted, name), { recursive: true });
    mkdirSync(this.data);
    chownSync(this.data, 10_001, 10_001);
    const receivers = `[{name: hook, type: webhook, url: '${hook}'}, {name: log, type: log}]`;
    const config = serviceConfig(exampleObjects('minimal')).replace(
      /receivers:\n(?: {4}.*\n)+/u,
      `receivers: ${receivers}\n`,
    );
    if (!config.includes(hook)) throw new Error('The example has no receivers to replace');
    writeFileSync(join(mounted, 'telltale.yaml'), config);
    writeFileSync(join(mounted, 'secrets/api-key'), `${KEY}\n`);
    writeFileSync(join(mounted, 'rules/queues.yaml'), RULE);
    const rules = join(ROOT, 'deploy/prometheus/rules');
    for (const name of readdirSync(rules).filter((file) => file.endsWith('.yaml'))) {
      copyFileSync(join(rules, name), join(mounted, 'rules', name));
    }
  }

  /** Starts a container on the data that is there. */
  start(): void {
    podman('rm', '--force', this.#name);
    podmanOk('run', '--detach', '--name', this.#name, ...this.#flags(), SERVICE_IMAGE);
  }

  /** Runs a container to its end. */
  runToEnd(...args: readonly string[]): Outcome {
    return podman('run', '--rm', ...this.#flags(), SERVICE_IMAGE, ...args);
  }

  /** Starts the same container again, after it died. */
  startAgain(): void {
    podmanOk('start', this.#name);
  }

  kill(): void {
    podmanOk('kill', '--signal', 'KILL', this.#name);
    podmanOk('wait', this.#name);
  }

  /** SIGTERM, then SIGKILL after the grace that the chart gives. @returns the exit code */
  stop(graceSeconds: number): number {
    podmanOk('stop', '--time', String(graceSeconds), this.#name);
    return Number(podmanOk('inspect', this.#name, '--format', '{{.State.ExitCode}}'));
  }

  /** What Docker or podman find with the image's own health check. */
  isHealthy(): boolean {
    return podman('healthcheck', 'run', this.#name).status === 0;
  }

  /** Evaluates an expression of JavaScript inside. */
  evaluate(expression: string): string {
    return podmanOk('exec', this.#name, 'node', '-p', expression);
  }

  logs(): string {
    const { stdout, stderr } = podman('logs', this.#name);
    return stdout + stderr;
  }

  remove(): void {
    podman('rm', '--force', '--time', '0', this.#name);
  }

  async get(path: string): Promise<unknown> {
    const response = await fetch(`${API}${path}`, { headers: { 'x-api-key': KEY } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return response.json();
  }

  /** One gauge as OTLP/JSON. @returns the status of the answer */
  async send(value: number, key: string = KEY): Promise<number> {
    const point = { timeUnixNano: `${Date.now()}000000`, asDouble: value };
    const attributes = [{ key: 'service.name', value: { stringValue: 'shop' } }];
    const metrics = [{ name: 'queue_depth', gauge: { dataPoints: [point] } }];
    const response = await fetch(`${OTLP}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': key },
      body: JSON.stringify({
        resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ metrics }] }],
      }),
    });
    return response.status;
  }

  #flags(): readonly string[] {
    return [
      ...this.#runtime,
      ...HARDENED,
      '--volume',
      `${join(this.#folder, 'mounted')}:/etc/telltale:ro`,
      '--volume',
      `${this.data}:/data`,
    ];
  }
}
