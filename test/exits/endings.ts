import { INFERENCES } from '../support/inference-apps.ts';

/** A way to end: what the application does after its inferences, and what is done to it. */
export interface Ending {
  readonly name: string;
  /** Runs before the inferences. */
  readonly before?: string;
  /** Runs after them. */
  readonly after?: string;
  /** Sent to the process once it is ready. */
  readonly signal?: NodeJS.Signals;
}

/** Keeps the thread alive until something ends it. */
const LIVE = 'setInterval(() => {}, 1000);';

const onSignal = (delayMs: number): string =>
  `process.on('SIGTERM', () => ${delayMs === 0 ? 'process.exit(7)' : `setTimeout(() => process.exit(7), ${delayMs})`});`;

const thread = (code: string): string => `
new (require('node:worker_threads').Worker)(${JSON.stringify(code)}, { eval: true });`;

const SLEEP = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';
const COMPUTE = 'for (;;) {}';

export const ENDINGS: readonly Ending[] = [
  { name: 'done' },
  { name: 'exit code set', after: 'process.exitCode = 3;' },
  { name: 'process.exit', after: 'process.exit(5);' },
  { name: 'SIGTERM', after: LIVE, signal: 'SIGTERM' },
  { name: 'SIGINT', after: LIVE, signal: 'SIGINT' },
  { name: 'SIGHUP', after: LIVE, signal: 'SIGHUP' },
  { name: 'exit in a handler of SIGTERM', before: onSignal(0), after: LIVE, signal: 'SIGTERM' },
  { name: 'exit 100 ms after SIGTERM', before: onSignal(100), after: LIVE, signal: 'SIGTERM' },
  { name: 'uncaught error', after: "setImmediate(() => { throw new RangeError('first'); });" },
  {
    name: 'two uncaught errors',
    before:
      "process.on('uncaughtExceptionMonitor', (error) => console.log('monitor ' + error.message));",
    after: `
setImmediate(() => { throw new RangeError('first'); });
setImmediate(() => { console.log('never'); throw new TypeError('second'); });`,
  },
  { name: 'unhandled rejection', after: "void Promise.reject(new Error('rejected'));" },
  {
    name: 'error that the application handles',
    before:
      "process.on('uncaughtException', (error) => { console.log('handled ' + error.message); process.exitCode = 4; });",
    after: "setImmediate(() => { throw new Error('planted'); });",
  },
  {
    // In a thread, `console.log` is itself something left to do.
    name: 'told once that there is nothing left to do',
    before: `
const { writeSync } = require('node:fs');
process.on('beforeExit', (code) => writeSync(2, "beforeExit " + code + "\\n"));
process.on('exit', (code) => writeSync(2, "exit " + code + "\\n"));`,
  },
  {
    name: 'more work once there is nothing left to do',
    before: `
let rounds = 0;
process.on('beforeExit', () => {
  rounds += 1;
  require('node:fs').writeSync(2, 'round ' + rounds + '\\n');
  if (rounds < 3) setTimeout(() => {}, 10);
});`,
  },
  {
    name: 'exit once there is nothing left to do',
    before: "process.on('beforeExit', () => process.exit(4));",
  },
  { name: 'SIGTERM, a thread sleeps', before: thread(SLEEP), after: LIVE, signal: 'SIGTERM' },
  { name: 'SIGTERM, a thread computes', before: thread(COMPUTE), after: LIVE, signal: 'SIGTERM' },
];

const APP = ({ before = '', after = '' }: Ending): string => `
${before}
const ort = require('onnxruntime-node');
async function infer() {
  const session = await ort.InferenceSession.create(require('node:path').join(__dirname, 'iris.onnx'));
  for (let i = 0; i < ${INFERENCES}; i++) {
    const features = new ort.Tensor('float32', Float32Array.from([5.1, 3.5, 1.4, 0.2]), [1, 4]);
    await session.run({ [session.inputNames[0]]: features });
  }
  console.log('ready');
}
// Outside the chain of the inferences, so that a throw is an error and no rejection.
infer().then(() => setTimeout(() => {
  ${after}
}, 20));
`;

/** Where the application runs. */
export const PLACES = ['main', 'worker thread', 'cluster'] as const;
export type Place = (typeof PLACES)[number];

/** Files of one ending: the application, and what starts it elsewhere. */
export const filesOf = (ending: Ending): Readonly<Record<Place, string>> => ({
  main: APP(ending),
  'worker thread': `
const { isMainThread, Worker } = require('node:worker_threads');
if (isMainThread) new Worker(__filename);
else {
${APP(ending)}
}`,
  cluster: `
const cluster = require('node:cluster');
if (cluster.isPrimary) {
  cluster.fork().on('exit', (code, signal) => {
    console.log('worker ' + code + ' ' + signal);
  });
} else {
  process.on('message', () => {});
${APP(ending)}
  require('node:process').channel?.unref();
}`,
});
