import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PrometheusSettings {
  readonly binary: string;
  /** The configuration file's text. */
  readonly config: string;
  readonly features?: readonly string[];
  readonly flags?: readonly string[];
}

const START_MS_MAX = 30_000;

/** A Prometheus of our own: loopback, a free port, a temporary folder that goes with it. */
export class PrometheusServer {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, address: string) {
    this.#child = child;
    this.#folder = folder;
    this.url = `http://${address}`;
  }

  static async start(settings: PrometheusSettings): Promise<PrometheusServer> {
    const folder = mkdtempSync(join(tmpdir(), 'telltale-prometheus-'));
    writeFileSync(join(folder, 'prometheus.yml'), settings.config);
    const features = settings.features ?? [];
    const child = spawn(
      settings.binary,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
        '--web.enable-otlp-receiver',
        '--web.enable-remote-write-receiver',
        '--web.enable-lifecycle',
        '--log.format=json',
        ...(features.length === 0 ? [] : [`--enable-feature=${features.join(',')}`]),
        ...(settings.flags ?? []),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    try {
      const server = new PrometheusServer(child, folder, await listeningAddress(child));
      await server.#untilReady();
      return server;
    } catch (error) {
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async reload(config: string): Promise<void> {
    writeFileSync(join(this.#folder, 'prometheus.yml'), config);
    const response = await fetch(`${this.url}/-/reload`, { method: 'POST' });
    if (!response.ok) throw new Error(`Cannot reload Prometheus: ${await response.text()}`);
  }

  async postOtlp(body: Uint8Array): Promise<void> {
    const response = await fetch(`${this.url}/api/v1/otlp/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Uint8Array.from(body),
    });
    if (!response.ok) {
      throw new Error(`Prometheus refuses OTLP: ${response.status} ${await response.text()}`);
    }
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await exited;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #untilReady(): Promise<void> {
    const deadlineMs = Date.now() + START_MS_MAX;
    for (;;) {
      const response = await fetch(`${this.url}/-/ready`);
      if (response.ok) return;
      if (Date.now() > deadlineMs) throw new Error('Prometheus does not get ready');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** The address Prometheus says it listens on; with port 0 only its log knows. */
async function listeningAddress(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('Prometheus has no log');
  const lines: string[] = [];
  const log = createInterface(child.stderr);
  return new Promise((resolve, reject) => {
    log.on('line', (line) => {
      lines.push(line);
      const address = /"msg":"Listening on".*?"address":"([^"]+)"/u.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`Prometheus ended with ${code}:\n${lines.slice(-10).join('\n')}`));
    });
  });
}
