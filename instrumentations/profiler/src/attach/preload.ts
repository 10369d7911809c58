/**
 * The text of a file that `--require` loads into a program and each of its threads and children. It
 * samples from the first line on and writes one `.cpuprofile` a thread at the end, also at a signal
 * that is not handled elsewhere. It is text, because it must run before anything of the program and
 * without anything of ours.
 */
export const PRELOAD: string = `'use strict';
const { Session } = require('node:inspector');
const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { isMainThread, threadId } = require('node:worker_threads');
const folder = process.env.TELLTALE_PROFILE_FOLDER;
const kind = process.env.TELLTALE_PROFILE_KIND;
if (folder) {
  const session = new Session();
  session.connect();
  const startMs = Date.now();
  if (kind === 'heap') {
    session.post('HeapProfiler.enable');
    session.post('HeapProfiler.startSampling', { samplingInterval: 32768 });
  } else {
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: Number(process.env.TELLTALE_PROFILE_MICROS) });
    session.post('Profiler.start');
  }
  let isWritten = false;
  const write = () => {
    if (isWritten) return;
    isWritten = true;
    // On the thread of the session the answer comes before post returns.
    session.post(kind === 'heap' ? 'HeapProfiler.stopSampling' : 'Profiler.stop', (error, result) => {
      if (error) return;
      const name = isMainThread ? 'main' : 'worker ' + threadId;
      const text = JSON.stringify({ pid: process.pid, name, title: process.argv[1] || '', startMs, profile: result.profile });
      try { writeFileSync(join(folder, process.pid + '-' + threadId + '.json'), text); } catch {}
    });
  };
  process.once('exit', write);
  if (isMainThread) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      const end = () => {
        write();
        process.removeListener(signal, end);
        // The program handles it, so it decides when it ends.
        if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
      };
      process.on(signal, end);
    }
  }
}
`;
