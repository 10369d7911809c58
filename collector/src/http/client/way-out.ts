import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';

import type { HttpTransport } from '../../model/http-message.ts';
import { tlsConnectOptions } from './tls-connect-options.ts';

/** Connections with certificates or a proxy of their own; a configuration has a few. */
const KEPT_MAX = 32;

/** Each message brings its own time limit. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 };

/**
 * Connections by how they are made, so that messages to one destination share theirs. A changed
 * certificate or password makes a new one; the one used least recently is closed then.
 */
export class WaysOut {
  readonly #kept = new Map<string, Dispatcher>();

  /** `undefined` for a direct connection with the system's authorities. @throws on bad PEM texts. */
  find(transport: HttpTransport | undefined): Dispatcher | undefined {
    const { tls, proxy } = transport ?? {};
    if (tls === undefined && proxy === undefined) return undefined;
    const key = JSON.stringify([tls, proxy]);
    const dispatcher = this.#kept.get(key) ?? createWayOut(transport ?? {});
    this.#kept.delete(key);
    this.#kept.set(key, dispatcher);
    this.#trim();
    return dispatcher;
  }

  #trim(): void {
    const [oldest] = this.#kept;
    if (this.#kept.size <= KEPT_MAX || oldest === undefined) return;
    this.#kept.delete(oldest[0]);
    // Waits for what is in the network; nothing depends on its end.
    oldest[1].close().catch(() => undefined);
  }
}

function createWayOut({ tls, proxy }: HttpTransport): Dispatcher {
  const connect = tlsConnectOptions(tls ?? {});
  if (proxy === undefined) return new Agent({ ...NO_TIMEOUTS, connect });
  const { url, noProxy, headers } = proxy;
  return new EnvHttpProxyAgent({
    ...NO_TIMEOUTS,
    connect,
    requestTls: connect,
    // Without a URL the environment names the proxies and the hosts that need none.
    ...(url === undefined ? {} : { httpProxy: url, httpsProxy: url, noProxy: noProxy ?? '' }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
  });
}
