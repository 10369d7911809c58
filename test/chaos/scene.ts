import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { delay, freePort, WebhookSink } from '../support/collector/service-process.ts';

const MAIN = fileURLToPath(new URL('../../collector/src/main.ts', import.meta.url));
const READY_POLLS_MAX = 600;

export interface SceneOptions {
  /** The text of `rules.yml`. */
  readonly rules: string;
  /** More lines of the `collector` section, indented by two. */
  readonly extra?: string;
  /** More flags of Node. */
  readonly nodeFlags?: readonly string[];
}

/** The service as a process, a receiver, and a client that asks for its health all the time. */
export class Scene {
  readonly folder: string;
  readonly sink: WebhookSink;
  readonly ports: { readonly otlp: number; readonly api: number };
  /** Probes of `/-/healthy` by what came of them. */
  readonly health = { good: 0, bad: 0 };
  readonly #child: ChildProcess;
  #output = '';
  #isOver = false;
  #probing: Promise<void> = Promise.resolve();

  private constructor(
    place: Pick<Scene, 'folder' | 'sink' | 'ports'>,
    nodeFlags: readonly string[],
  ) {
    this.folder = place.folder;
    this.sink = place.sink;
    this.ports = place.ports;
    const { folder } = place;
    const args = ['--conditions=@telltale/source', ...nodeFlags, MAIN, 'serve'];
    this.#child = spawn(process.execPath, [...args, '--config', 'telltale.yaml'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const keep = (chunk: Buffer): string => (this.#output = (this.#output + chunk).slice(-4000));
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
  }

  static async open({ rules, extra = '', nodeFlags = [] }: SceneOptions): Promise<Scene> {
    const folder = mkdtempSync(join(tmpdir(), 'telltale-chaos-'));
    const sink = new WebhookSink();
    await sink.start();
    const ports = { otlp: await freePort(), api: await freePort() };
    writeFileSync(join(folder, 'rules.yml'), rules);
    writeFileSync(
      join(folder, 'telltale.yaml'),
      `collector:
  listen: {otlp: '127.0.0.1:${ports.otlp}', api: '127.0.0.1:${ports.api}'}
  rules: [rules.yml]
  retain_all: 10m
  log: {level: warn}
  notify:
    group_by: ['...']
    receivers: [{name: hook, type: webhook, url: '${sink.url}'}]
    outbox: {backoff: {initial: 200ms}}
${extra}`,
    );
    const scene = new Scene({ folder, sink, ports }, nodeFlags);
    await scene.#waitUntilReady();
    scene.#probing = scene.#probe();
    return scene;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Tells a preloaded module of the process something. */
  tell(message: object): void {
    this.#child.send(message);
  }

  /** The status of an answer of the API, 0 when there is none. */
  async status(path: string, timeoutMs = 2000): Promise<number> {
    try {
      const url = `http://127.0.0.1:${this.ports.api}${path}`;
      const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  async get(path: string): Promise<unknown> {
    return (await fetch(`http://127.0.0.1:${this.ports.api}${path}`)).json();
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await this.#probing;
    if (this.hasExited) process.stderr.write(`The service ended: ${this.#output}\n`);
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    if (!this.hasExited && this.#child.kill('SIGKILL')) await closed;
    this.sink.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #waitUntilReady(): Promise<void> {
    for (let poll = 0; poll < READY_POLLS_MAX && !this.hasExited; poll += 1) {
      if ((await this.status('/-/ready')) === 200) return;
      await delay(50);
    }
    throw new Error(`The service did not become ready: ${this.#output}`);
  }

  async #probe(): Promise<void> {
    while (!this.#isOver) {
      const status = await this.status('/-/healthy', 5000);
      this.health[status === 200 ? 'good' : 'bad'] += 1;
      await delay(100);
    }
  }
}
