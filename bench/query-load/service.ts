import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { metricsBody } from '../../test/support/collector/alert-service.ts';
import { delay, freePort } from '../../test/support/collector/service-process.ts';

const MAIN = fileURLToPath(new URL('../../collector/src/main.ts', import.meta.url));

const RULES = 50;
const SAMPLES = 10;
const SAMPLE_GAP_MS = 240_000;
const SERIES_A_REQUEST = 2000;
const READY_POLLS_MAX = 600;

/** The service with many series in memory and rules at one second. */
export class LoadedService {
  readonly folder: string;
  readonly otlpUrl: string;
  readonly apiUrl: string;
  readonly #child: ChildProcess;
  #stderr = '';

  constructor(
    folder: string,
    ports: { readonly otlp: number; readonly api: number },
    heapMib: number,
  ) {
    this.folder = folder;
    this.otlpUrl = `http://127.0.0.1:${ports.otlp}/v1/metrics`;
    this.apiUrl = `http://127.0.0.1:${ports.api}`;
    const flags = [`--max-old-space-size=${heapMib}`, '--conditions=@telltale/source'];
    const args = [...flags, MAIN, 'serve', '--config', 'telltale.yaml'];
    this.#child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#stderr += chunk.toString()));
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async waitUntilReady(): Promise<void> {
    for (let poll = 0; poll < READY_POLLS_MAX; poll += 1) {
      if (this.hasExited) break;
      const status = await fetch(`${this.apiUrl}/-/ready`).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 200) return;
      await delay(50);
    }
    throw new Error(`The service did not become ready: ${this.#stderr}`);
  }

  async send(body: Uint8Array): Promise<number> {
    const headers = { 'content-type': 'application/x-protobuf' };
    const response = await fetch(this.otlpUrl, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  }

  async missedEvaluations(): Promise<number> {
    if (this.hasExited) return Number.NaN;
    const text = await (await fetch(`${this.apiUrl}/metrics`)).text();
    const line = /^telltale_collector_rule_missed\S* (?<value>\S+)/mu.exec(text);
    return Number(line?.groups?.['value'] ?? Number.NaN);
  }

  /** The most memory that the process ever had. */
  peakRssMib(): number {
    if (this.hasExited) return Number.NaN;
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const kibibytes = /^VmHWM:\s+(?<value>\d+) kB/mu.exec(status)?.groups?.['value'];
    return Math.round(Number(kibibytes) / 1024);
  }

  async end(): Promise<void> {
    if (this.hasExited) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.kill('SIGTERM');
    await closed;
  }
}

export async function startLoadedService(options: {
  readonly series: number;
  readonly heapMib: number;
}): Promise<LoadedService> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-query-load-'));
  const ports = { otlp: await freePort(), api: await freePort() };
  writeFileSync(join(folder, 'telltale.yaml'), configuration(ports));
  writeFileSync(join(folder, 'rules.yml'), rules());
  const service = new LoadedService(folder, ports, options.heapMib);
  await service.waitUntilReady();
  await fill(service, options.series);
  return service;
}

function configuration({ otlp, api }: { readonly otlp: number; readonly api: number }): string {
  return `collector:
  listen: {otlp: '127.0.0.1:${otlp}', api: '127.0.0.1:${api}'}
  data_dir: ./data
  retain_all: 1h
  rules: [rules.yml]
  log: {level: warn}
`;
}

function rules(): string {
  const list = Array.from({ length: RULES }, (_, index) => {
    return `      - {alert: Deep${index}, expr: 'sum by (pod) (rate(depth[1m])) > ${index}', for: 10s}\n`;
  });
  return `groups:\n  - name: load\n    interval: 1s\n    rules:\n${list.join('')}`;
}

/** Samples so far apart that the lookback just reaches from one to the next. */
async function fill(service: LoadedService, series: number): Promise<void> {
  const nowMs = Date.now();
  for (let sample = SAMPLES - 1; sample >= 0; sample -= 1) {
    const timeMs = nowMs - sample * SAMPLE_GAP_MS;
    for (let from = 0; from < series; from += SERIES_A_REQUEST) {
      const points = Array.from({ length: SERIES_A_REQUEST }, (_, index) => {
        return { name: 'wide', value: sample, timeMs, attributes: { pod: `p${from + index}` } };
      });
      const status = await service.send(metricsBody(points));
      if (status !== 200) throw new Error(`Cannot fill the service: status ${status}`);
    }
  }
}
