import { loadKoffi } from '../nvml/foreign-functions.ts';
import type { CallFlag } from '../worker/call-flag.ts';

/** How long the end of the process may wait for a call that is under way. */
const WAIT_MS = 200;

/**
 * Node joins its workers at exit, and a thread that is stuck in a driver cannot be ended: without
 * this a wedged driver would hold the process for as long as it likes. After a short wait the
 * listeners that come later are run and the process ends by the C library, with its exit code.
 *
 * @returns takes the guard away
 */
export function guardExit(flag: CallFlag, places: readonly string[]): () => void {
  const listener = (code: number): void => {
    flag.stop();
    if (flag.waitUntilIdle(WAIT_MS)) return;
    runLater(listener, code);
    endNow(Number(process.exitCode ?? code), places);
  };
  process.on('exit', listener);
  return () => {
    process.removeListener('exit', listener);
  };
}

/** The listeners of the application behind ours, which the end below would take from it. */
function runLater(own: (code: number) => void, code: number): void {
  const all = process.listeners('exit');
  for (const later of all.slice(all.indexOf(own) + 1)) {
    try {
      later.call(process, code);
    } catch {
      // What it threw would have been printed; the process ends all the same.
    }
  }
}

function endNow(code: number, places: readonly string[]): void {
  try {
    const name = process.platform === 'darwin' ? 'libSystem.dylib' : 'libc.so.6';
    const end = loadKoffi(places).load(name).func('_exit', 'void', ['int']);
    end(code);
  } catch {
    // Without koffi no native call can be stuck.
  }
}
