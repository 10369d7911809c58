import { afterAll, afterEach, describe, expect, test } from 'vitest';

import { startGrpcSink } from '../support/grpc-sink.ts';
import { endingApp, INFERENCES, serverApp } from '../support/inference-apps.ts';
import { type OtlpSink, type SinkBehaviour, startOtlpSink } from '../support/otlp-sink.ts';
import { type AppOptions, type AppResult, createAppFolder, runApp } from '../support/run-app.ts';

/** The bound of a flush is 2 s; the rest is for a loaded machine. */
const END_MS_MAX = 3_000;

const folder = createAppFolder();
const sinks: OtlpSink[] = [];
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
});
afterAll(() => folder.remove());

async function sinkThat(behaviour: SinkBehaviour): Promise<OtlpSink> {
  const sink = await startOtlpSink(behaviour);
  sinks.push(sink);
  return sink;
}

/** An address where nothing listens: a port that was free a moment ago. */
async function refusedUrl(): Promise<string> {
  const sink = await startOtlpSink();
  await sink.close();
  return sink.url;
}

const server = folder.write('server.cjs', serverApp());

function run(
  file: string,
  endpoint: string,
  options: Partial<AppOptions> = {},
): Promise<AppResult> {
  return runApp({
    argv: ['--require', 'telltale/register', file],
    cwd: folder.path,
    ...options,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...options.env },
  });
}

const signalled = (signal: NodeJS.Signals): Partial<AppOptions> => ({
  signalAt: { line: 'ready', signal },
});

describe.for(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s', (signal) => {
  test('ends the process as it would, with nothing lost', async () => {
    const sink = await sinkThat('ok');
    const result = await run(server, sink.url, signalled(signal));
    expect(result).toMatchObject({ code: null, signal, stderr: '' });
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
    expect(sink.spans().filter(({ name }) => name.startsWith('infer '))).toHaveLength(INFERENCES);
  });
});

describe.for(['hang', 'not-http', 'error-500', 'unavailable', 'garbage'] as const)(
  'a backend that answers with %s',
  (behaviour) => {
    test('keeps the status of SIGTERM and the time bound', async () => {
      const sink = await sinkThat(behaviour);
      const result = await run(server, sink.url, signalled('SIGTERM'));
      expect(result).toMatchObject({ code: null, signal: 'SIGTERM' });
      expect(result.endMs).toBeLessThan(END_MS_MAX);
    });

    test('keeps exit code 0 and the time bound when the work is done', async () => {
      const sink = await sinkThat(behaviour);
      const result = await run(folder.write('done.cjs', endingApp('')), sink.url, {
        sinceLine: 'inferred',
      });
      expect(result.code).toBe(0);
      expect(result.endMs).toBeLessThan(END_MS_MAX);
      const lines = result.stderr.split('\n').filter((line) => line.includes('Cannot export'));
      expect(lines.length).toBeLessThanOrEqual(1);
    });
  },
);

describe('a backend that refuses', () => {
  test('costs one line and neither status nor time', async () => {
    const result = await run(server, await refusedUrl(), signalled('SIGTERM'));
    expect(result).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(result.endMs).toBeLessThan(1_500);
    expect(result.stderr).toMatch(/^telltale: Cannot export \w+ to \S+: connection refused\n$/u);
  });

  test('that is not configured costs one line at most', async () => {
    const result = await runApp({
      argv: ['--require', 'telltale/register', folder.write('plain.cjs', endingApp(''))],
      cwd: folder.path,
      sinceLine: 'inferred',
    });
    expect(result.code).toBe(0);
    expect(result.endMs).toBeLessThan(1_500);
    const lines = result.stderr.split('\n').filter(Boolean);
    expect(lines.length).toBeLessThanOrEqual(1);
    // Empty only where an alert service happens to listen on this machine.
    expect(lines.every((line) => line.includes('no address is set'))).toBe(true);
  });
});

describe('the application', () => {
  test('decides itself what SIGTERM does when it has a handler', async () => {
    const sink = await sinkThat('ok');
    const handler = `process.on('SIGTERM', () => setTimeout(() => process.exit(7), 300));`;
    const file = folder.write('handler.cjs', serverApp(handler));
    const result = await run(file, sink.url, signalled('SIGTERM'));
    expect(result).toMatchObject({ code: 7, signal: null });
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  });

  test.for([
    { ending: 'process.exitCode = 3', code: 3 },
    { ending: 'process.exit(5)', code: 5 },
  ])('keeps its exit code: $ending', async ({ ending, code }) => {
    const sink = await sinkThat('hang');
    const result = await run(folder.write(`exit-${code}.cjs`, endingApp(ending)), sink.url);
    expect(result.code).toBe(code);
  });

  test('is told once that there is nothing left to do, and what it runs then arrives', async () => {
    const sink = await sinkThat('ok');
    const file = folder.write(
      'nothing-left.cjs',
      endingApp(`
      let told = 0;
      process.on('beforeExit', async () => {
        told += 1;
        console.log('told ' + told);
        if (told === 1) await infer(ort, 2);
      });
      process.on('exit', () => console.log(new Error('end').stack.split('\\n').at(-1).trim()));`),
    );
    const result = await run(file, sink.url);
    // Once for the end, once after the work that the first one began; and no trace names us.
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(
      /^inferred\ntold 1\ninferred\ntold 2\nat process\.emit \(node:events:\d+:\d+\)\n$/u,
    );
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES + 2);
  });

  test('beside a tool that works after each request, ours included, ends as without us', async () => {
    const sink = await sinkThat('ok');
    const file = folder.write(
      'watching.cjs',
      endingApp(`
      let requests = 0;
      require('node:diagnostics_channel').subscribe('http.client.request.start', () => (requests += 1));
      process.on('beforeExit', () => {
        // Never ends by itself while requests are made.
        if (requests > 0) setTimeout(() => infer(ort, 1), 1);
        requests = 0;
      });`),
    );
    const { code, stderr } = await run(file, sink.url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Three flushes, and what is left goes out with the end.
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES + 3);
  });

  test('that ends at once over gRPC loses nothing', async () => {
    const sink = await startGrpcSink();
    const file = folder.write('grpc.cjs', endingApp('process.exit(5)'));
    const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', TELLTALE_FLUSH_ON_EXIT_MS: '10000' };
    const result = await run(file, sink.url, { env });
    expect(result).toMatchObject({ code: 5, stderr: '' });
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
    expect(sink.spans().filter(({ name }) => name === 'infer iris')).toHaveLength(INFERENCES);
    await sink.close();
  });

  test('that terminates a thread is told what that costs, in one line and a counter', async () => {
    const sink = await sinkThat('ok');
    const file = folder.write(
      'terminate.cjs',
      `
      const { isMainThread, parentPort, Worker } = require('node:worker_threads');
      if (isMainThread) {
        const worker = new Worker(__filename);
        worker.once('message', () => worker.terminate());
        worker.once('exit', () => setTimeout(() => {}, 1000));
      } else {
        ${endingApp("parentPort.postMessage('inferred'); setInterval(() => {}, 1000);")}
      }`,
    );
    const result = await run(file, sink.url);
    expect(result.stderr).toBe(
      'telltale: A worker thread was terminated: what it had not sent yet is lost\n',
    );
    expect(sink.total('telltale.errors')).toBe(1);
  });

  const TOLD = "parentPort.postMessage('end')";
  test.for([
    { name: 'ran a model', code: endingApp(TOLD), isTold: true },
    { name: 'ran none', code: TOLD, isTold: false },
    {
      name: 'sent all',
      code: endingApp(`require('telltale').flush().then(() => ${TOLD})`),
      isTold: false,
    },
  ])('that ends with a terminated thread that $name', async ({ name, code, isTold }) => {
    const sink = await sinkThat('ok');
    const file = folder.write(
      `terminate-${name.replaceAll(' ', '-')}.cjs`,
      `
      const { isMainThread, parentPort, Worker } = require('node:worker_threads');
      if (isMainThread) {
        const worker = new Worker(__filename);
        worker.once('message', () => worker.terminate());
      } else {
        setInterval(() => {}, 1000);
        ${code}
      }`,
    );
    const { stderr } = await run(file, sink.url);
    const line = 'telltale: A worker thread was terminated: what it had not sent yet is lost\n';
    expect(stderr).toBe(isTold ? line : '');
  });

  test('sends the last summary through the SDK of a tool that was there first', async () => {
    const sink = await sinkThat('ok');
    const tool = folder.write(
      'tool.cjs',
      `
      const { NodeSDK } = require('@opentelemetry/sdk-node');
      const sdk = new NodeSDK();
      sdk.start();
      async function shutdown() { await sdk.shutdown(); console.log('OpenTelemetry SDK terminated'); }
      process.on('SIGTERM', shutdown);
      process.once('beforeExit', shutdown);`,
    );
    const argv = ['--require', tool, '--require', 'telltale/register', server];
    const result = await run(server, sink.url, { argv, ...signalled('SIGTERM') });
    expect(result.signal).toBe('SIGTERM');
    const summaries = sink.logs().filter(({ eventName }) => eventName === 'ml.inference.summary');
    expect(summaries).toHaveLength(1);
  });

  test('dies of an uncaught error as it would, and the telemetry arrives', async () => {
    const sink = await sinkThat('ok');
    const file = folder.write(
      'crash.cjs',
      endingApp(`setImmediate(() => { throw new RangeError('planted crash'); });`),
    );
    const result = await run(file, sink.url);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('RangeError: planted crash');
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  });

  test('dies of an unhandled rejection as it would', async () => {
    const sink = await sinkThat('ok');
    const file = folder.write('rejection.cjs', endingApp(`throw new Error('planted rejection');`));
    const result = await run(file, sink.url);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('Error: planted rejection');
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  });

  test('crashes within the bound with a backend that hangs', async () => {
    const sink = await sinkThat('hang');
    const file = folder.write('hang.cjs', endingApp(`throw new Error('planted');`));
    const result = await run(file, sink.url, { sinceLine: 'inferred' });
    expect(result.code).toBe(1);
    expect(result.endMs).toBeLessThan(END_MS_MAX);
  });

  test('handles its own uncaught errors', async () => {
    const sink = await sinkThat('ok');
    const file = folder.write(
      'own-handler.cjs',
      endingApp(`
        process.on('uncaughtException', () => { process.exitCode = 4; });
        setImmediate(() => { throw new Error('planted'); });
      `),
    );
    const result = await run(file, sink.url);
    expect(result).toMatchObject({ code: 4, stderr: '' });
  });

  test('is not kept alive by the handler of auto-instrumentations-node', async () => {
    const sink = await sinkThat('ok');
    const theirs = `
      async function shutdown() { 'OpenTelemetry SDK terminated'; }
      process.on('SIGTERM', shutdown);`;
    const file = folder.write('auto-handler.cjs', serverApp(theirs));
    const result = await run(file, sink.url, signalled('SIGTERM'));
    expect(result).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  });

  test('loses nothing of a worker thread at SIGTERM', async () => {
    const sink = await sinkThat('ok');
    const file = folder.write(
      'worker-main.cjs',
      `const { Worker } = require('node:worker_threads');
      new Worker('${server}', { stdout: false });`,
    );
    const result = await run(file, sink.url, signalled('SIGTERM'));
    expect(result).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  });

  test('hears of a crash in a worker thread as it would', async () => {
    const sink = await sinkThat('ok');
    const crash = folder.write('worker-crash.cjs', endingApp(`throw new Error('planted');`));
    const file = folder.write(
      'crash-main.cjs',
      `const { Worker } = require('node:worker_threads');
      const worker = new Worker('${crash}');
      worker.on('error', (error) => console.log('heard ' + error.message));
      worker.on('exit', (code) => console.log('code ' + code));`,
    );
    const result = await run(file, sink.url);
    expect(result.code).toBe(0);
    expect(result.stdout).toBe('inferred\nheard planted\ncode 1\n');
    expect(sink.total('ml.inference.duration')).toBe(INFERENCES);
  });
});
