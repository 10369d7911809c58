import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';

import type { WebhookPayload } from '../../../collector/src/notify/channels/webhook/payload.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MAIN = `${ROOT}collector/src/main.ts`;

const READY_MS_MAX = 30_000;
const POLL_MS = 10;

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** A port that was free a moment ago; restarts of one service need the same one again. */
export async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs one command of the service to its end. */
export async function runCommand(
  args: readonly string[],
  cwd: string,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnMain(args, cwd);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...output };
}

function spawnMain(args: readonly string[], cwd: string): ChildProcess {
  const node = process.execPath;
  const all = ['--conditions=@telltale/source', MAIN, ...args];
  return spawn(node, all, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The alert service as a process of its own. */
export class ServiceProcess {
  readonly folder: string;
  readonly apiPort: number;
  #child: ChildProcess | undefined;
  output = '';

  constructor(folder: string, apiPort: number) {
    this.folder = folder;
    this.apiPort = apiPort;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the service says that it is ready. */
  async start(): Promise<void> {
    const child = spawnMain(['serve', '--config', 'telltale.yaml'], this.folder);
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    const deadline = performance.now() + READY_MS_MAX;
    while (!(await this.#isReady())) {
      if (child.exitCode !== null || performance.now() > deadline) {
        throw new Error(`The service did not become ready: ${this.output}`);
      }
      await delay(POLL_MS);
    }
  }

  /** Ends the process and resolves when it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) return null;
    this.#child = undefined;
    if (child.exitCode !== null) return child.exitCode;
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.kill(signal);
    return closed;
  }

  async get(path: string): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.apiPort}${path}`);
    return response.json();
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.apiPort}/-/ready`)).status === 200;
    } catch {
      return false;
    }
  }
}

/** One message that the sink accepted. */
export interface ReceivedWebhook {
  readonly atMs: number;
  readonly payload: WebhookPayload;
}

/** A webhook receiver on loopback. */
export class WebhookSink {
  readonly received: ReceivedWebhook[] = [];
  /** The status of the next answer. */
  answer: () => number = () => 200;
  readonly #server: Server;
  #waiting: (() => void)[] = [];

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => this.#take(Buffer.concat(chunks).toString(), response));
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Resolves with the first message, received already or to come, that `isWanted` accepts. */
  async waitFor(isWanted: (received: ReceivedWebhook) => boolean): Promise<ReceivedWebhook> {
    for (;;) {
      const found = this.received.find(isWanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #take(body: string, response: ServerResponse): void {
    const status = this.answer();
    if (status === 200) {
      this.received.push({ atMs: Date.now(), payload: JSON.parse(body) as WebhookPayload });
    }
    response.writeHead(status).end();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
