import type { TlsOptions } from './tls-options.ts';

/** Header names are lower case. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** A request to send, as plain data, so that what builds it is tested without a socket. */
export interface HttpMessage {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body: string;
  readonly timeoutMs: number;
  /** Absent: a direct connection with the system's authorities. */
  readonly transport?: HttpTransport;
}

/** How a request travels, beyond its headers. */
export interface HttpTransport {
  readonly tls?: TlsOptions;
  readonly proxy?: HttpProxy;
  /** False: even a redirect that stays on the host and repeats the request is the answer. */
  readonly followsRedirects?: boolean;
  /** The request carries a token that is got by these credentials. */
  readonly oauth2?: OAuth2Client;
}

/** Credentials for a token of OAuth 2 (grant `client_credentials`), and the way to get it. */
export interface OAuth2Client {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly endpointParams: Readonly<Record<string, string>>;
  readonly tls?: TlsOptions;
  readonly proxy?: HttpProxy;
}

export interface HttpProxy {
  /** `http://proxy:3128`, with a user name and password where it wants them; absent: as the
   * environment says (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`). */
  readonly url?: string;
  /** Hosts that are reached directly, divided by commas. */
  readonly noProxy?: string;
  readonly headers?: HttpHeaders;
}

/** What came back: an answer, or why there was none. */
export type HttpResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: HttpHeaders;
      /** The beginning of the body, for explanations. */
      readonly body: string;
    }
  | {
      readonly kind: 'no answer';
      readonly reason: 'timeout' | 'network';
      readonly message: string;
    };
