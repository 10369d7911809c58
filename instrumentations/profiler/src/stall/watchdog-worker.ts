/**
 * The text of the worker that watches the event loop of the main thread. It connects to the main
 * thread only for a capture: an open connection makes Node wait at its exit. It is text, because
 * the package is one bundled file.
 */
export const WATCHDOG_WORKER: string = `'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { Session } = require('node:inspector');
const { beats, stallMs, beatMs, intervalMicros, captureMsMax } = workerData;
const view = new BigInt64Array(beats);
const nowMs = () => Number(process.hrtime.bigint() / 1000n) / 1000;
let lastTickMs = nowMs();
let capture;
const lastBeatMs = () => Number(Atomics.load(view, 0)) / 1000;
const isPaused = () => Atomics.load(view, 1) !== 0n;

function begin(beatAtMs) {
  const session = new Session();
  session.connectToMainThread();
  capture = { session, beatAtMs, startedMs: nowMs() };
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: intervalMicros });
  session.post('Profiler.start');
}

function finish(endMs) {
  const { session, beatAtMs, startedMs } = capture;
  capture = { ...capture, isEnding: true };
  session.post('Profiler.stop', (error, result) => {
    session.disconnect();
    capture = undefined;
    parentPort.postMessage({
      kind: 'stall',
      lagMs: endMs - beatAtMs,
      // Sampling begins when V8 is interrupted, so a native block has hardly any samples.
      profile: error ? undefined : result.profile,
      captureDelayMs: startedMs - beatAtMs,
    });
  });
}

setInterval(() => {
  const tickMs = nowMs();
  const ownLagMs = tickMs - lastTickMs - beatMs;
  lastTickMs = tickMs;
  if (capture && capture.isEnding) return;
  const beatAtMs = lastBeatMs();
  if (capture) {
    if (beatAtMs > capture.beatAtMs || tickMs - capture.startedMs > captureMsMax) {
      finish(beatAtMs > capture.beatAtMs ? beatAtMs : tickMs);
    }
    return;
  }
  const lagMs = tickMs - beatAtMs - beatMs;
  if (lagMs < stallMs) return;
  // This thread was late too: the whole machine stood still, and no function of ours is to blame.
  if (ownLagMs > stallMs / 2) parentPort.postMessage({ kind: 'host', lagMs });
  else if (!isPaused()) begin(beatAtMs);
}, beatMs);
`;
