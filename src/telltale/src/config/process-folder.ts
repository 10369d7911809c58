import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

/** Processes and threads that share a folder would overwrite each other's state. */
export function folderOfProcess(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined;
  const worker = process.env['NODE_UNIQUE_ID'];
  const parts = [
    ...(worker === undefined ? [] : [`worker-${worker}`]),
    ...(threadId === 0 ? [] : [`thread-${threadId}`]),
  ];
  return join(folder, ...parts);
}
