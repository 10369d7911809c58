/** Serves one inference a request and tells its port; ends on SIGTERM. */
export const LOGGING_APP: string = `
const http = require('node:http');
const ort = require('onnxruntime-node');
const { events, feedback, health, predictions } = require('telltale');
async function main() {
  const session = await ort.InferenceSession.create('./iris.onnx');
  const features = (values) => new ort.Tensor('float32', Float32Array.from(values), [1, 4]);
  const name = session.inputNames[0];
  const server = http.createServer(async (request, response) => {
    await session.run({ [name]: features([5.1, 3.5, 1.4, 0.2]) });
    const id = predictions.record({ model: 'iris', outcome: 'setosa', confidence: 0.98 });
    feedback.record({ predictionId: id, actual: 'setosa' });
    events.emit('ALERT', 'iris.odd_petal', { message: 'a petal longer than its leaf', cm: 12 });
    await session.run({ wrong: features([5.1, 3.5, 1.4, 0.2]) }).catch(() => {});
    response.statusCode = request.url.startsWith('/broken') ? 500 : 200;
    response.end('ok');
  });
  server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
  health.component('store').down('no route');
  health.component('store').up();
  process.once('SIGTERM', () => server.close());
}
main();
`;

/** Emits events as fast as it can, until it is killed. */
export const CHATTY_APP: string = `
const { events, predictions } = require('telltale');
console.log('started');
let count = 0;
setInterval(() => {
  for (let i = 0; i < 20; i++) {
    predictions.record({ model: 'm', outcome: 'o' + (i % 3), confidence: 0.5, id: 'id-' + count++ });
    events.emit('ALERT', 'chatty', { count, text: 'x'.repeat(i * 20) });
  }
}, 1);
`;
