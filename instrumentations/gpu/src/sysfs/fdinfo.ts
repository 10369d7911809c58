import type { Tree } from './tree.ts';

const FOLDER = 'proc/self/fd';
const NANOSECONDS_PER_US = 1e3;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
/** The first that a driver has. `drm-memory-` is the older name of resident; total counts shared buffers again. */
const MEMORY_KINDS = ['drm-resident-', 'drm-memory-', 'drm-total-'];
const DEVICE_REGION = /^(?:vram|local)/u;

/** Work of this process on one card, as a client of its driver counts it. */
export interface ClientUse {
  readonly busId: string;
  readonly client: string;
  readonly memoryBytes?: number;
  /** Work by engine: nanoseconds, or cycles with the cycles of the clock. */
  readonly engines: ReadonlyMap<string, EngineUse>;
}

interface EngineUse {
  readonly busy: number;
  /** Of the same clock; absent where `busy` is in nanoseconds. */
  readonly total?: number;
}

const keyOf = ({ busId, client }: ClientUse): string => JSON.stringify([busId, client]);

/** What `/proc/self/fdinfo` tells of the files that are open on `/dev/dri`. */
export function readClients(tree: Tree): readonly ClientUse[] {
  const clients = new Map<string, ClientUse>();
  for (const fd of tree.list(FOLDER)) {
    if (tree.link(`${FOLDER}/${fd}`)?.startsWith('/dev/dri/') !== true) continue;
    const use = parseClient(tree.text(`proc/self/fdinfo/${fd}`) ?? '');
    // A client that was duplicated shows in each of its files.
    if (use !== undefined) clients.set(keyOf(use), use);
  }
  return [...clients.values()];
}

function parseClient(text: string): ClientUse | undefined {
  const pairs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^(drm-[\w-]+):\s*(.+?)\s*$/u.exec(line);
    // Some drivers print a memory key twice; the first is the one that they document.
    if (match !== null && !pairs.has(match[1] ?? '')) pairs.set(match[1] ?? '', match[2] ?? '');
  }
  const busId = pairs.get('drm-pdev');
  const client = pairs.get('drm-client-id');
  if (busId === undefined || client === undefined) return undefined;
  const memoryBytes = deviceMemory(pairs);
  return {
    busId,
    client,
    engines: engineUse(pairs),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  };
}

function deviceMemory(pairs: ReadonlyMap<string, string>): number | undefined {
  for (const kind of MEMORY_KINDS) {
    const sizes = [...pairs]
      .filter(([key]) => key.startsWith(kind) && DEVICE_REGION.test(key.slice(kind.length)))
      .flatMap(([, text]) => parseSize(text) ?? []);
    if (sizes.length > 0) return sizes.reduce((sum, size) => sum + size, 0);
  }
  return undefined;
}

function parseSize(text: string): number | undefined {
  const match = /^(\d+)\s*(KiB|MiB|GiB)?$/u.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1);
}

function engineUse(pairs: ReadonlyMap<string, string>): ReadonlyMap<string, EngineUse> {
  const engines = new Map<string, EngineUse>();
  for (const [key, text] of pairs) {
    const ns = /^(\d+)\s*ns$/u.exec(text)?.[1];
    const engine = key.replace(/^drm-(?:engine|cycles)-/u, '');
    if (key.startsWith('drm-engine-') && ns !== undefined)
      engines.set(engine, { busy: Number(ns) });
    const total = pairs.get(`drm-total-cycles-${engine}`);
    const isCycles = key.startsWith('drm-cycles-') && /^\d+$/u.test(text) && total !== undefined;
    if (isCycles && /^\d+$/u.test(total)) {
      engines.set(engine, { busy: Number(text), total: Number(total) });
    }
  }
  return engines;
}

interface LastUse {
  readonly atUs: number;
  readonly engines: ReadonlyMap<string, EngineUse>;
}

/** Shares of time that this process kept engines busy, between two looks. */
export class ClientShares {
  readonly #last = new Map<string, LastUse>();

  /** The busiest engine's share, 0 to 1; `undefined` at the first sight of all clients. */
  update(clients: readonly ClientUse[], nowUs: number): number | undefined {
    const perEngine = new Map<string, number>();
    let isKnown = false;
    for (const use of clients) {
      const key = keyOf(use);
      const last = this.#last.get(key);
      this.#last.set(key, { atUs: nowUs, engines: use.engines });
      if (last === undefined || nowUs <= last.atUs) continue;
      isKnown = true;
      for (const [engine, now] of use.engines) {
        const share = shareBetween(last.engines.get(engine), now, nowUs - last.atUs);
        if (share !== undefined) perEngine.set(engine, (perEngine.get(engine) ?? 0) + share);
      }
    }
    this.#forget(clients);
    if (!isKnown || perEngine.size === 0) return undefined;
    return Math.min(1, Math.max(...perEngine.values()));
  }

  #forget(clients: readonly ClientUse[]): void {
    const alive = new Set(clients.map(keyOf));
    for (const key of this.#last.keys()) if (!alive.has(key)) this.#last.delete(key);
  }
}

/** Share of the time between two looks in which an engine worked. */
function shareBetween(
  before: EngineUse | undefined,
  now: EngineUse,
  wallUs: number,
): number | undefined {
  if (before === undefined || now.busy < before.busy) return undefined;
  const span =
    now.total === undefined ? wallUs * NANOSECONDS_PER_US : now.total - (before.total ?? now.total);
  return span > 0 ? (now.busy - before.busy) / span : 0;
}
