import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { WebhookPayload } from '../../../../collector/src/notify/channels/webhook/payload.ts';
import { delay, freePort, ServiceProcess } from '../../collector/service-process.ts';
import { PathSink } from './path-sink.ts';

const READY_MS_MAX = 30_000;

/** Alertmanager, or the alert service in its place: the same file, the same API, a sink behind. */
export interface Side {
  readonly name: string;
  readonly url: string;
  readonly sink: PathSink;
  /** Writes the file and starts; `HOOK` in it becomes the sink's address. */
  start(config: string): Promise<void>;
  /** Puts another file in place. */
  reload(config: string): Promise<void>;
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  stop(): Promise<void>;
}

/** What a receiver was told, without what differs between two programs. */
export interface ToldMessage {
  readonly groupKey: string;
  readonly status: string;
  readonly truncated: number;
  readonly groupLabels: object;
  readonly commonLabels: object;
  readonly commonAnnotations: object;
  readonly alerts: readonly string[];
}

export function toldMessage(payload: WebhookPayload): ToldMessage {
  return {
    groupKey: payload.groupKey,
    status: payload.status,
    truncated: payload.truncatedAlerts,
    groupLabels: payload.groupLabels,
    commonLabels: payload.commonLabels,
    commonAnnotations: payload.commonAnnotations,
    alerts: payload.alerts.map(({ fingerprint, status, annotations, labels }) => {
      return `${fingerprint} ${labels['alertname']} ${status} ${JSON.stringify(annotations)}`;
    }),
  };
}

abstract class ProcessSide implements Side {
  abstract readonly name: string;
  readonly sink = new PathSink();
  readonly folder: string = mkdtempSync(join(tmpdir(), 'telltale-side-'));
  protected port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(config: string): Promise<void> {
    await this.sink.start();
    this.port = await freePort();
    this.write(config);
    await this.run();
  }

  async reload(config: string): Promise<void> {
    this.write(config);
    const { status } = await fetch(`${this.url}/-/reload`, { method: 'POST' });
    if (status !== 200) throw new Error(`${this.name} did not reload: ${status}`);
  }

  async restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.end(signal);
    await this.run();
  }

  async stop(): Promise<void> {
    await this.end('SIGKILL');
    this.sink.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  protected abstract run(): Promise<void>;
  protected abstract end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;

  protected write(config: string): void {
    mkdirSync(this.folder, { recursive: true });
    const text = config.replaceAll('HOOK', this.sink.url);
    writeFileSync(join(this.folder, 'alertmanager.yml'), text);
  }
}

export class AlertmanagerSide extends ProcessSide {
  override readonly name = 'Alertmanager';
  readonly #program: string;
  #child: ChildProcess | undefined;

  constructor(program: string) {
    super();
    this.#program = program;
  }

  protected override async run(): Promise<void> {
    this.#child = spawn(
      this.#program,
      [
        '--config.file=alertmanager.yml',
        '--storage.path=am',
        '--cluster.listen-address=',
        '--log.level=error',
        `--web.listen-address=127.0.0.1:${this.port}`,
      ],
      { cwd: this.folder, stdio: 'ignore' },
    );
    const deadline = performance.now() + READY_MS_MAX;
    while (!(await isReady(this.url))) {
      if (performance.now() > deadline) throw new Error('Alertmanager did not become ready');
      await delay(20);
    }
  }

  protected override async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const closed = new Promise((resolve) => child.once('close', resolve));
    child.kill(signal);
    await closed;
  }
}

export class TelltaleSide extends ProcessSide {
  override readonly name = 'Telltale';
  #service: ServiceProcess | undefined;

  protected override async run(): Promise<void> {
    writeFileSync(
      join(this.folder, 'telltale.yaml'),
      `collector:
  listen: {otlp: '', api: '127.0.0.1:${this.port}'}
  alertmanager_config: alertmanager.yml
  log: {level: error}
`,
    );
    this.#service ??= new ServiceProcess(this.folder, this.port);
    await this.#service.start();
  }

  protected override async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#service?.end(signal);
  }
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
