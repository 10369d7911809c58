/**
 * The text of the worker that watches the event loop of the main thread. It is text, because the
 * package is one bundled file.
 *
 * Between captures it sleeps in `Atomics.wait` rather than in an event loop of its own: waking a
 * loop ten times a second costs four times as much as the whole look. The end of the process and an
 * inspector wake it. It connects to the main thread only for a capture: an open connection makes
 * Node wait at its exit.
 */
export const WATCHDOG_WORKER: string = `'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { Session } = require('node:inspector');
const { beats, stallMs, beatMs, intervalMicros, captureMsMax } = workerData;
const view = new BigInt64Array(beats);
const pillow = new Int32Array(new SharedArrayBuffer(4));
const nowMs = () => Number(process.hrtime.bigint() / 1000n) / 1000;
const lastBeatMs = () => Number(Atomics.load(view, 0)) / 1000;
const isPaused = () => Atomics.load(view, 1) !== 0n;

// While the loop is alive a look before its last beat can be too old would see nothing.
function nextLookMs(countedMs) {
  const soonestMs = nowMs() + beatMs;
  if (countedMs !== undefined) return soonestMs;
  // A wait may end a little early.
  return Math.max(soonestMs, lastBeatMs() + beatMs + stallMs + 1);
}

function watch() {
  // The last sign of life before a stall that is only counted.
  let countedMs;
  for (;;) {
    const dueMs = nextLookMs(countedMs);
    Atomics.wait(pillow, 0, 0, dueMs - nowMs());
    const tickMs = nowMs();
    const ownLagMs = tickMs - dueMs;
    const beatAtMs = lastBeatMs();
    if (countedMs !== undefined && beatAtMs > countedMs) {
      parentPort.postMessage({ kind: 'lag', cause: 'process', lagMs: beatAtMs - countedMs });
      countedMs = undefined;
    }
    const lagMs = tickMs - beatAtMs - beatMs;
    if (lagMs < stallMs || countedMs !== undefined) continue;
    // This thread was late too: the whole machine stood still, and no function of ours is to blame.
    if (ownLagMs > stallMs / 2) parentPort.postMessage({ kind: 'lag', cause: 'host', lagMs });
    else if (isPaused()) countedMs = beatAtMs;
    else return capture(beatAtMs);
  }
}

/** Answers of the inspector come over the event loop, so a capture runs on it. */
function capture(beatAtMs) {
  const session = new Session();
  session.connectToMainThread();
  const startedMs = nowMs();
  let endMs;
  let isStopping = false;
  let stopped;
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: intervalMicros });
  session.post('Profiler.start');
  const timer = setInterval(() => {
    const newestMs = lastBeatMs();
    if (newestMs > beatAtMs) endMs = endMs === undefined ? newestMs : endMs;
    if (!isStopping && (endMs !== undefined || nowMs() - startedMs > captureMsMax)) {
      isStopping = true;
      session.post('Profiler.stop', (error, result) => {
        session.disconnect();
        // Sampling begins when V8 is interrupted, so a native block has hardly any samples.
        stopped = { profile: error ? undefined : result.profile };
      });
    }
    // A stall that outlasts its capture is reported once, when it is over.
    if (endMs === undefined || stopped === undefined) return;
    clearInterval(timer);
    parentPort.postMessage({ kind: 'stall', lagMs: endMs - beatAtMs, profile: stopped.profile });
    setImmediate(watch);
  }, beatMs);
}

watch();
`;
