import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and what is missing above it, one by one: where a folder cannot be made below an
 * existing one, as in `/proc`, Node's own recursive mode tries forever.
 *
 * @throws {Error} of the file system
 */
export function makeFolder(folder: string, mode?: number): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder), mode);
  mkdirSync(folder, { mode });
}
