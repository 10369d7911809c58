/** Serves one inference a request, asks for two and ends. `{ http, ort }` come from the caller. */
const SERVE = `
async function serve(http, ort) {
  const session = await ort.InferenceSession.create('./iris.onnx');
  const server = http.createServer(async (request, response) => {
    const features = new ort.Tensor('float32', Float32Array.from([5.1, 3.5, 1.4, 0.2]), [1, 4]);
    await session.run({ [session.inputNames[0]]: features });
    response.end('ok');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  for (let i = 0; i < 2; i++) {
    await new Promise((resolve) => {
      http.get({ port, host: '127.0.0.1', agent: false }, (response) => {
        response.resume();
        response.on('end', resolve);
      });
    });
  }
  server.close();
}`;

export const HTTP_REQUESTS = 2;

export const CJS_HTTP_APP: string = `
${SERVE}
serve(require('node:http'), require('onnxruntime-node'));
`;

export const ESM_HTTP_APP: string = `
import http from 'node:http';
import * as ort from 'onnxruntime-node';
${SERVE}
await serve(http, ort.default ?? ort);
`;

/** Imports the functions by name, as most ESM code does. */
export const ESM_NAMED_HTTP_APP: string = `
import { createServer, get } from 'node:http';
import * as ort from 'onnxruntime-node';
${SERVE}
await serve({ createServer, get }, ort.default ?? ort);
`;

/** Starts its own SDK with HTTP instrumentation, after our flag. */
export const CJS_HTTP_APP_WITH_SDK: string = `
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
${SERVE}
serve(require('node:http'), require('onnxruntime-node'));
`;

/** The same without HTTP instrumentation: ours goes on, and reports to theirs. */
export const CJS_HTTP_APP_WITH_BARE_SDK: string = CJS_HTTP_APP_WITH_SDK.replace(
  '[new HttpInstrumentation()]',
  '[]',
);

/** Answers `/items/:id` with Fastify and with Express below `/shop`, asks for each and for nothing. */
export const ROUTED_APP: string = `
const Fastify = require('fastify');
const express = require('express');
const ask = async (port, path) => (await fetch('http://127.0.0.1:' + port + path)).text();
async function main() {
  const fastify = Fastify();
  fastify.get('/items/:id', async (request) => request.params.id);
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const shop = express.Router();
  shop.get('/items/:id', (request, response) => response.send(request.params.id));
  const app = express();
  app.use('/shop', shop);
  const server = await new Promise((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  await ask(fastify.server.address().port, '/items/1');
  await ask(fastify.server.address().port, '/items/2?secret=1');
  await ask(fastify.server.address().port, '/nothing');
  await ask(server.address().port, '/shop/items/3');
  await ask(server.address().port, '/nothing');
  await fastify.close();
  server.closeAllConnections();
  server.close();
}
main();
`;
