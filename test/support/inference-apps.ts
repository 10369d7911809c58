/** Sources of small applications that run the iris model beside them. */

const RUNS = `
async function infer(ort, runs) {
  const session = await ort.InferenceSession.create(process.env.MODEL ?? './iris.onnx');
  for (let i = 0; i < runs; i++) {
    const features = new ort.Tensor('float32', Float32Array.from([5.1, 3.5, 1.4, 0.2]), [1, 4]);
    await session.run({ [session.inputNames[0]]: features });
  }
  console.log('inferred');
  return session;
}`;

/** An application of its own that exports through a NodeSDK which it starts after our flag. */
const OWN_SDK = `
function startOwnSdk({ NodeSDK }) {
  const sdk = new NodeSDK({ instrumentations: [] });
  sdk.start();
  process.once('beforeExit', () => sdk.shutdown());
}`;

export const INFERENCES = 7;

export const CJS_APP: string = `
const ort = require('onnxruntime-node');
${RUNS}
infer(ort, ${INFERENCES});
`;

export const ESM_APP: string = `
import * as ort from 'onnxruntime-node';
${RUNS}
await infer(ort.default ?? ort, ${INFERENCES});
`;

export const CJS_APP_WITH_SDK: string = `
${OWN_SDK}
startOwnSdk(require('@opentelemetry/sdk-node'));
const ort = require('onnxruntime-node');
${RUNS}
infer(ort, ${INFERENCES});
`;

export const ESM_APP_WITH_SDK: string = `
import * as sdk from '@opentelemetry/sdk-node';
import * as ort from 'onnxruntime-node';
${OWN_SDK}
startOwnSdk(sdk.default ?? sdk);
${RUNS}
await infer(ort.default ?? ort, ${INFERENCES});
`;

/** Serves HTTP after the inferences, until it is ended. `handler` runs at SIGTERM. */
export function serverApp(handler: string = ''): string {
  return `
const http = require('node:http');
const ort = require('onnxruntime-node');
${RUNS}
${handler}
const server = http.createServer((request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', async () => {
  await infer(ort, ${INFERENCES});
  console.log('ready');
});
`;
}

/** Ends the way that \`ending\` says, after the inferences. */
export function endingApp(ending: string): string {
  return `
const ort = require('onnxruntime-node');
${RUNS}
infer(ort, ${INFERENCES}).then((session) => {
  ${ending}
});
`;
}
