/** The part of Express that tests use; its own types are a package of their own. */
declare module 'express' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  type Handler = (
    request: IncomingMessage,
    response: ServerResponse & { send(body: string): void },
    next: () => void,
  ) => void;

  interface Application {
    (request: IncomingMessage, response: ServerResponse): void;
    use(handler: Handler): void;
    get(path: string, handler: Handler): void;
  }

  export default function express(): Application;
}
