import { readFileSync, statSync } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import type { DriftMonitor } from './drift-monitor.ts';
import { type DriftSnapshot, SNAPSHOT_SCHEMA } from './snapshot.ts';

const FILE_NAME = 'drift-state.jsonl';
const FILE_BYTES_MAX = 64 * 1024 * 1024;
/** State tells of data, so other users of the machine must not read it. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

const saving = new WeakMap<DriftMonitor, Promise<boolean>>();

/**
 * Goes on where `saveState` left off, when the options name a `stateDir`. Call it before streams are
 * fed. State of another version, of another window or damaged is left alone, with one diagnostic.
 *
 * @returns whether there was state that could be used
 */
export function loadState(monitor: DriftMonitor): boolean {
  const { stateDir } = monitor.options;
  if (stateDir === undefined) return false;
  const path = join(stateDir, FILE_NAME);
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) return false;
    const text = size <= FILE_BYTES_MAX ? readFileSync(path, 'utf8') : undefined;
    if (text === undefined) return ignored(monitor, path, 'it is larger than 64 MiB');
    const snapshot = parseState(text);
    if (snapshot?.schema !== SNAPSHOT_SCHEMA) {
      return ignored(monitor, path, 'it is damaged or of another version');
    }
    if (monitor.restore(snapshot)) return true;
    return ignored(monitor, path, 'it is damaged, or the window has another size');
  } catch (error) {
    return ignored(monitor, path, reasonOf(error));
  }
}

/**
 * Writes everything that `loadState` needs, when the options name a `stateDir`: one stream at a
 * turn of the event loop, into a new file that takes the place of the old one. Processes must not
 * share a directory.
 *
 * @returns whether the state was written
 */
export function saveState(monitor: DriftMonitor): Promise<boolean> {
  const { stateDir } = monitor.options;
  if (stateDir === undefined) return Promise.resolve(false);
  const running = saving.get(monitor);
  if (running !== undefined) return running;
  const started = save(monitor, stateDir).finally(() => saving.delete(monitor));
  saving.set(monitor, started);
  return started;
}

async function save(monitor: DriftMonitor, stateDir: string): Promise<boolean> {
  const path = join(stateDir, FILE_NAME);
  const written = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(stateDir, { recursive: true, mode: FOLDER_MODE });
    const file = await open(written, 'w', FILE_MODE);
    try {
      await writeLines(monitor, file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(written, path);
    return true;
  } catch (error) {
    const message = `Cannot save the state of drift to ${path}: ${reasonOf(error)}`;
    monitor.diagnostics.once('state_failed', path, message);
    await rm(written, { force: true }).catch(() => undefined);
    return false;
  }
}

/** One stream a line; what belongs to all of them comes last, as late as they do. */
async function writeLines(monitor: DriftMonitor, file: FileHandle): Promise<void> {
  let bytes = 0;
  const write = async (value: unknown): Promise<void> => {
    const line = `${JSON.stringify(value)}\n`;
    bytes += Buffer.byteLength(line);
    if (bytes > FILE_BYTES_MAX) throw new RangeError('it would be larger than 64 MiB');
    await file.write(line);
  };
  // Streams may come and go meanwhile; the iterator follows.
  for (const stream of monitor.streams()) {
    await write(stream.snapshot());
    await nextTurn(undefined, { ref: true });
  }
  const { streams: _, ...rest } = monitor.snapshot(() => false);
  await write(rest);
}

/** @returns nothing for what is no state */
function parseState(text: string): DriftSnapshot | undefined {
  try {
    const lines = text.trimEnd().split('\n');
    const parsed = lines.map((line) => JSON.parse(line) as unknown);
    const rest = parsed.pop() as Omit<DriftSnapshot, 'streams'> | null;
    return { ...rest, streams: parsed } as DriftSnapshot;
  } catch {
    return undefined;
  }
}

function ignored(monitor: DriftMonitor, path: string, reason: string): false {
  const message = `Cannot use the state of drift in ${path}: ${reason}; streams learn again`;
  monitor.diagnostics.once('state_ignored', path, message);
  return false;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');
