import type { AddressInfo, Server } from 'node:net';

export interface ListenPlace {
  readonly host: string;
  /** 0: the system gives a free one. */
  readonly port: number;
}

/** Resolves once the server takes connections. @throws when the address cannot be had. */
export function listen(server: Server, { host, port }: ListenPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** The port that a server has; the one it was asked to take as long as it does not listen. */
export function portOf(server: Server, { port }: ListenPlace): number {
  return (server.address() as AddressInfo | null)?.port ?? port;
}
