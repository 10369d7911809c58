import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from 'vitest';

import {
  Transport,
  type TransportOptions,
} from '../../../../src/telltale/src/export/otlp/transport.ts';
import { type OtlpSink, type SinkBehaviour, startOtlpSink } from '../../../support/otlp-sink.ts';

const sinks: OtlpSink[] = [];
afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
});

async function transportTo(
  behaviour: SinkBehaviour,
  options: Partial<TransportOptions> = {},
): Promise<{ readonly sink: OtlpSink; readonly transport: Transport }> {
  const sink = await startOtlpSink(behaviour);
  sinks.push(sink);
  const transport = new Transport({
    url: `${sink.url}/v1/logs`,
    headers: () => ({ 'Content-Type': 'application/json', 'X-Key': 'k' }),
    agent: () => new http.Agent(),
    isGzip: false,
    timeoutMs: 300,
    retries: false,
    ...options,
  });
  return { sink, transport };
}

const BODY = Buffer.from('{"resourceLogs":[]}');

describe('Transport.send()', () => {
  test('delivers the bytes', async () => {
    const { sink, transport } = await transportTo('ok');
    expect(await transport.send(BODY)).toMatchObject({ ok: true });
    expect(sink.requests[0]?.body.equals(BODY)).toBe(true);
  });

  test('compresses on request', async () => {
    const { sink, transport } = await transportTo('ok', { isGzip: true });
    expect(await transport.send(BODY)).toMatchObject({ ok: true });
    expect(sink.requests[0]?.body.equals(BODY)).toBe(true);
    expect(sink.requests[0]?.contentEncoding).toBe('gzip');
  });

  test.for([
    { behaviour: 'hang', reason: 'timeout' },
    { behaviour: 'not-http', reason: 'network' },
    { behaviour: 'error-500', reason: 'status' },
    { behaviour: 'unavailable', reason: 'status' },
  ] as const)(
    'tells why when the backend answers with $behaviour',
    async ({ behaviour, reason }) => {
      const { transport } = await transportTo(behaviour);
      expect(await transport.send(BODY)).toMatchObject({ ok: false, reason });
    },
  );

  test('tells that the connection was refused', async () => {
    const { sink, transport } = await transportTo('ok');
    await sink.close();
    expect(await transport.send(BODY)).toMatchObject({ ok: false, reason: 'refused' });
  });

  test('waits for no retry once it closes', async () => {
    const { sink, transport } = await transportTo('unavailable', { retries: true });
    const sending = transport.send(BODY);
    await sink.until(() => sink.requests.length === 1);
    transport.close();
    expect(await sending).toMatchObject({ ok: false, reason: 'status' });
    expect(sink.requests).toHaveLength(1);
  });

  test('a retry waits as long as the server asks', async () => {
    let answers = 0;
    const server = http.createServer((request, response) => {
      request.resume();
      answers += 1;
      if (answers === 1) response.writeHead(503, { 'retry-after': '0' });
      response.end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const { transport } = await transportTo('ok', {
      url: `http://127.0.0.1:${port}/v1/logs`,
      retries: true,
      // Its own first wait is longer than that, so a second attempt shows who decides.
      timeoutMs: 790,
    });
    expect(await transport.send(BODY)).toMatchObject({ ok: true });
    expect(answers).toBe(2);
    server.close();
    server.closeAllConnections();
  });

  test('does not retry beyond the time of one export', async () => {
    const { sink, transport } = await transportTo('unavailable', { retries: true, timeoutMs: 300 });
    expect(await transport.send(BODY)).toMatchObject({ ok: false, reason: 'status' });
    expect(sink.requests).toHaveLength(1);
  });

  test('knows which bodies cannot have been read', async () => {
    const { sink, transport } = await transportTo('hang', { timeoutMs: 60_000 });
    const sending = transport.send(BODY);
    await sink.until(() => sink.requests.length >= 1);
    expect(transport.unsent()).toEqual([]);
    transport.abort();
    expect(await sending).toMatchObject({ ok: false, reason: 'aborted' });
    expect(transport.requestOf(BODY)).toMatchObject([
      { url: `${sink.url}/v1/logs`, headers: { 'X-Key': 'k', 'Content-Length': '19' }, tls: {} },
    ]);
  });

  test('abort() ends a request that hangs', async () => {
    const { sink, transport } = await transportTo('hang', { timeoutMs: 60_000 });
    const sending = transport.send(BODY);
    await sink.until(() => sink.requests.length === 1);
    transport.abort();
    expect(await sending).toMatchObject({ ok: false, reason: 'aborted' });
  });

  test('never rejects: headers that throw are a failure', async () => {
    const headers = (): never => {
      throw new Error('planted');
    };
    const { transport } = await transportTo('ok', { headers });
    expect(await transport.send(BODY)).toMatchObject({ ok: false, reason: 'network' });
  });
});
