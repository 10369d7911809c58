import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface FleetRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type FleetAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | 'hang'
  | 'reset'
  | 'torn';

/** An alert service that answers as it is told and remembers what it was asked. */
export async function startFakeFleet(answer: (request: FleetRequest) => FleetAnswer) {
  const requests: FleetRequest[] = [];
  let answerNow = answer;
  const reply = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const seen = {
      method: request.method ?? '',
      target: request.url ?? '',
      headers: request.headers,
      body: await text(request),
    };
    requests.push(seen);
    const given = answerNow(seen);
    if (given === 'hang') return;
    if (given === 'reset') {
      request.socket.destroy();
      return;
    }
    if (given === 'torn') {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"schema":', () => request.socket.destroy());
      return;
    }
    response.writeHead(given.status, given.headers ?? {});
    response.end(given.body ?? '');
  };
  const server = createServer((request, response) => {
    void reply(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answers: (next: typeof answer) => {
      answerNow = next;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
