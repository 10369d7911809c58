import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { delay } from '../collector/service-process.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CONFIG = `${ROOT}otel-collector.yaml`;
const GATES = '--feature-gates=-connector.spanmetrics.includeCollectorInstanceID';
const READY_MS_MAX = 30_000;
const POLL_MS = 20;
const LOG_CHARACTERS = 40_000;

export interface OtelcolOptions {
  readonly program: string;
  readonly storageFolder: string;
  /** Where its exporters send. */
  readonly telltaleUrl: string;
  readonly prometheusUrl: string;
  /** host:port */
  readonly tempoAddress: string;
  /** Names of files in deploy/otel-collector that stand beside otel-collector.yaml. */
  readonly overlays?: readonly string[];
  /** What overlays read, once it is known where the program listens. */
  readonly env?: (address: string) => Readonly<Record<string, string>>;
}

/**
 * The OTel Collector with otel-collector.yaml as it is, on a loopback address of its own so that
 * its fixed ports clash with no other program.
 */
export class OtelcolProcess {
  readonly address = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  readonly #options: OtelcolOptions;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(options: OtelcolOptions) {
    this.#options = options;
  }

  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get url(): string {
    return `http://${this.address}:4318`;
  }

  /** The end of what it printed. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when its health check says that it takes data. */
  async start(): Promise<void> {
    const { program, storageFolder, telltaleUrl, prometheusUrl, tempoAddress } = this.#options;
    const { overlays = [], env } = this.#options;
    const beside = overlays.map((name) => `--config=${ROOT}deploy/otel-collector/${name}.yaml`);
    const child = spawn(program, [`--config=${CONFIG}`, ...beside, GATES], {
      env: {
        PATH: process.env['PATH'],
        OTELCOL_BIND: this.address,
        OTELCOL_ZPAGES: `${this.address}:55679`,
        OTELCOL_STORAGE_DIR: storageFolder,
        TELLTALE_OTLP: telltaleUrl,
        PROM_OTLP: prometheusUrl,
        TEMPO_OTLP: tempoAddress,
        TELLTALE_SAMPLING_PERCENT: '100',
        // Sinks count what applications sent, so the program keeps its own metrics to itself.
        OTELCOL_OWN_METRICS_MS: '3600000',
        ...env?.(this.address),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#log = (this.#log + chunk.toString()).slice(-LOG_CHARACTERS);
    });
    const deadline = performance.now() + READY_MS_MAX;
    while (!(await this.#isReady())) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`The OTel Collector did not become ready: ${this.#log}`);
      }
      await delay(POLL_MS);
    }
  }

  /** kill -9; resolves when the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://${this.address}:13133/`)).status === 200;
    } catch {
      return false;
    }
  }
}
