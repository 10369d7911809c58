import { setTimeout as sleep } from 'node:timers/promises';

import { AttachError } from './attach-error.ts';
import { checkInspectorPort, checkProcess, isAlive } from './process-check.ts';
import { WebSocketTarget } from './web-socket-target.ts';

/** Where Node opens its inspector when it is asked by a signal. */
const HOST = '127.0.0.1';
const PORT = 9229;
/** An application that handles SIGUSR1 itself never opens it. */
const OPEN_MS_MAX = 5000;
const POLL_MS = 25;

/** Another process with its inspector open. */
export interface AttachedProcess {
  readonly target: WebSocketTarget;
  /** Its inspector was open before, so that it stays open. */
  readonly wasOpen: boolean;
  /** Lets go of it, and closes the inspector where this opened it. Never throws. */
  readonly detach: () => Promise<void>;
}

/**
 * Opens the inspector of a Node.js process and connects to it, on loopback only.
 *
 * @throws {AttachError} that names the cause and the remedy; the process is unharmed
 */
export async function attach(pid: number): Promise<AttachedProcess> {
  checkProcess(pid);
  const before = await inspectorOf(pid);
  if (before !== undefined) return connected(pid, before, true);
  checkInspectorPort(pid, PORT);
  if (await isListening()) {
    throw new AttachError(
      `Cannot attach to ${pid}: ${HOST}:${PORT} belongs to another process, whose debugger is open; close that one first`,
    );
  }
  // The signal that opens the inspector, sent the way Node does it on this platform.
  (process as unknown as { _debugProcess(target: number): void })._debugProcess(pid);
  const deadline = performance.now() + OPEN_MS_MAX;
  while (performance.now() < deadline) {
    const url = await inspectorOf(pid);
    if (url !== undefined) return connected(pid, url, false);
    await sleep(POLL_MS);
  }
  throw new AttachError(
    `Cannot attach to ${pid}: its inspector did not open within ${OPEN_MS_MAX / 1000} seconds; the application handles SIGUSR1 itself, or blocks its event loop`,
  );
}

async function connected(pid: number, url: string, wasOpen: boolean): Promise<AttachedProcess> {
  const target = await WebSocketTarget.connect(url, pid);
  await letItEnd(target);
  await claim(target, pid).catch((error: unknown) => {
    target.close(); // and nothing else: the port is in use by the other
    throw error;
  });
  return {
    target,
    wasOpen,
    detach: async () => {
      if (!target.isClosed) await release(target);
      if (!wasOpen && !target.isClosed) await closeInspector(target);
      target.close();
    },
  };
}

/** A process that ends waits for its inspector: it must not wait for us. */
async function letItEnd(target: WebSocketTarget): Promise<void> {
  target.on('NodeRuntime.waitingForDisconnect', () => target.close());
  await target.post('NodeRuntime.enable').catch(() => undefined);
  await target
    .post('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true })
    .catch(() => undefined);
}

/** Where a process keeps the id of the process that records it. */
const CLAIM = "globalThis[Symbol.for('telltale.profiledBy')]";

/**
 * The first to record closes the port that it opened, also under a second one: so there is none.
 * A recorder that was killed left its claim behind, which does not count.
 */
async function claim(target: WebSocketTarget, pid: number): Promise<void> {
  const expression = `(${CLAIM} ??= []).push(${process.pid}), ${CLAIM}.join()`;
  const answer = (await target.post('Runtime.evaluate', { expression })) as {
    result?: { value?: string };
  };
  const holders = (answer.result?.value ?? '').split(',').map(Number);
  const holder = holders.slice(0, holders.indexOf(process.pid)).find(isAlive);
  if (holder === undefined) return;
  await release(target);
  throw new AttachError(
    `Cannot attach to ${pid}: process ${holder} is recording it already; try again when that is over`,
  );
}

async function release(target: WebSocketTarget): Promise<void> {
  const expression = `${CLAIM} = ${CLAIM}.filter((pid) => pid !== ${process.pid}), ${CLAIM}.length > 0 || delete ${CLAIM}`;
  await target.post('Runtime.evaluate', { expression }).catch(() => undefined);
}

/** The port closes a moment later, when no client is connected to it any more. */
async function closeInspector(target: WebSocketTarget): Promise<void> {
  const expression =
    "void setTimeout(() => process.getBuiltinModule('node:inspector').close(), 50)";
  await target.post('Runtime.evaluate', { expression }).catch(() => undefined);
}

interface Listed {
  readonly webSocketDebuggerUrl?: string;
}

/** The address of the inspector on the port, when it is that of the process. */
async function inspectorOf(pid: number): Promise<string | undefined> {
  const url = (await listInspectors()).find(
    ({ webSocketDebuggerUrl }) => webSocketDebuggerUrl !== undefined,
  )?.webSocketDebuggerUrl;
  if (url === undefined) return undefined;
  const target = await WebSocketTarget.connect(url, pid).catch(() => undefined);
  if (target === undefined) return undefined;
  try {
    const answer = (await target.post('Runtime.evaluate', { expression: 'process.pid' })) as {
      result?: { value?: unknown };
    };
    return answer.result?.value === pid ? url : undefined;
  } finally {
    target.close();
  }
}

async function listInspectors(): Promise<readonly Listed[]> {
  try {
    const answer = await fetch(`http://${HOST}:${PORT}/json/list`, {
      signal: AbortSignal.timeout(1000),
    });
    return (await answer.json()) as readonly Listed[];
  } catch {
    return [];
  }
}

const isListening = async (): Promise<boolean> => (await listInspectors()).length > 0;
