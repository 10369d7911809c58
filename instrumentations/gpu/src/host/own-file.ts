import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Its file lies beside the one that this code is bundled into, whichever package that is of. */
const WORKER = '#gpu-worker';

/** Files from which packages are looked for: this one, then the application. */
export function searchPlaces(): readonly string[] {
  return [import.meta.url, join(process.cwd(), 'package.json')];
}

/** The file that a worker runs; `undefined` where it is missing, as in a bundle of an application. */
export function workerFile(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(WORKER);
  } catch {
    return undefined;
  }
}
