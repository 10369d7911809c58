import { readFileSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { reasonOf, report } from '../../diagnostics.ts';
import { makeFolder } from '../../make-folder.ts';
import { readState, type StatePart, type StateTaker } from './feedback-state.ts';

const FILE_NAME = 'feedback-state.jsonl';
/** A text of JavaScript holds no more than half a gigabyte. */
const FILE_BYTES_MAX = 400 * 1024 * 1024;
/** Ids may tell of persons, so other users of the machine must not read them. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const LINES_PER_WRITE = 500;

/** Goes on where a process of before left off. Call it before anything is recorded. */
export function loadFeedbackState(folder: string, taker: StateTaker): void {
  const path = join(folder, FILE_NAME);
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) return;
    if (size > FILE_BYTES_MAX) return ignored(path, 'it is too large');
    const unusable = readState(readFileSync(path, 'utf8'), taker);
    if (unusable === undefined) ignored(path, 'it is damaged or of another version');
    else if (unusable > 0) ignored(path, `${unusable} of its lines are damaged`);
  } catch (cause) {
    ignored(path, reasonOf(cause));
  }
}

function ignored(path: string, reason: string): void {
  report('feedback state', `Cannot use the state of feedback in ${path}: ${reason}`);
}

let saving: Promise<boolean> | undefined;

/**
 * Writes the parts of a state, some at a turn of the event loop, into a new file that takes the
 * place of the old one. Processes must not share a folder.
 *
 * @returns whether the state was written
 */
export function saveFeedbackState(folder: string, parts: Iterable<StatePart>): Promise<boolean> {
  saving ??= save(folder, parts).finally(() => {
    saving = undefined;
  });
  return saving;
}

async function save(folder: string, parts: Iterable<StatePart>): Promise<boolean> {
  const path = join(folder, FILE_NAME);
  const written = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(folder, FOLDER_MODE);
    const file = await open(written, 'w', FILE_MODE);
    try {
      let lines: string[] = [];
      for (const part of parts) {
        lines.push(JSON.stringify(part));
        if (lines.length < LINES_PER_WRITE) continue;
        await file.write(`${lines.join('\n')}\n`);
        lines = [];
      }
      await file.write(`${lines.join('\n')}\n`);
      // Before the rename, else a power cut may leave the name with nothing behind it.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(written, path);
    return true;
  } catch (cause) {
    report('feedback state', `Cannot save the state of feedback to ${path}: ${reasonOf(cause)}`);
    await rm(written, { force: true }).catch(() => undefined);
    return false;
  }
}
