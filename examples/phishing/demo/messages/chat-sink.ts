import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface ChatMessage {
  readonly channel: 'slack' | 'teams';
  readonly title: string;
  /** The whole payload, indented. */
  readonly json: string;
}

interface SlackPayload {
  readonly attachments?: readonly { readonly title?: string }[];
}

interface TeamsPayload {
  readonly attachments?: readonly {
    readonly contentType?: string;
    readonly content?: { readonly body?: readonly { readonly text?: string }[] };
  }[];
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What a service makes of a payload: its title, or `undefined` where it would refuse it. */
const TITLES: Readonly<Record<ChatMessage['channel'], (payload: unknown) => string | undefined>> = {
  slack: (payload) => (payload as SlackPayload).attachments?.[0]?.title,
  teams: (payload) => {
    const card = (payload as TeamsPayload).attachments?.[0];
    const isCard = card?.contentType === 'application/vnd.microsoft.card.adaptive';
    return isCard ? card.content?.body?.[0]?.text : undefined;
  },
};

/** What each says to a message that it takes, and to one that it does not. */
const ANSWERS: Readonly<Record<ChatMessage['channel'], { good: Answer; bad: Answer }>> = {
  slack: { good: { status: 200, body: 'ok' }, bad: { status: 400, body: 'invalid_payload' } },
  teams: { good: { status: 202, body: '' }, bad: { status: 400, body: 'Bad payload' } },
};

/** Incoming webhooks as Slack and Teams have them, on a free port of the loopback interface. */
export async function startChatSink(
  onMessage: (message: ChatMessage) => void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const take = (channel: ChatMessage['channel'], payload: unknown): Answer => {
    const title = TITLES[channel](payload);
    if (title === undefined) return ANSWERS[channel].bad;
    onMessage({ channel, title, json: `${JSON.stringify(payload, null, 2)}\n` });
    return ANSWERS[channel].good;
  };
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const channel = request.url?.slice(1);
    if (channel !== 'slack' && channel !== 'teams') return { status: 404, body: '' };
    return json(request).then(
      (payload) => take(channel, payload),
      () => ANSWERS[channel].bad,
    );
  };
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answer(request);
    response.writeHead(status).end(body);
  };
  const server = createServer((request, response) => void receive(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
