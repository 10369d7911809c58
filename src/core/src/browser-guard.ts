/** Header names in lower case, each with one value. */
type Headers = Readonly<Record<string, string | undefined>>;

/** What a server knows of a request before it reads the body. */
export interface IncomingRequest {
  readonly method: string;
  readonly headers: Headers;
}

/** Why a request is refused, with the HTTP status to answer. */
export interface GuardRefusal {
  readonly status: 403 | 415;
  readonly message: string;
}

/**
 * Refuses what a foreign web page sends through a browser on this machine.
 *
 * A server on loopback without keys trusts every client that can reach it, and every page that is open in a
 * browser can: it can send simple requests anywhere, and it can make a name of its own resolve to
 * 127.0.0.1. Programs that are no browsers send none of these headers and pass.
 *
 * @param bindHost the address or host name that the server listens on.
 * @returns `undefined` when the request may go on.
 */
export function refuseForeignPage(
  request: IncomingRequest,
  bindHost: string,
): GuardRefusal | undefined {
  const { headers } = request;
  if (!isHostAllowed(headers['host'], bindHost)) {
    const message =
      'Cannot answer to this Host header on a loopback listener: use localhost or 127.0.0.1';
    return { status: 403, message };
  }
  if (!isForeign(request)) return undefined;
  const message = 'Cannot answer: the request comes from a web page of another origin';
  return { status: 403, message };
}

/**
 * Refuses a body that a form of a web page could send without asking first. A request without a
 * body needs no content type.
 *
 * @returns `undefined` when the content type is `application/json`, or absent without a body.
 */
export function refuseFormBody({ headers }: IncomingRequest): GuardRefusal | undefined {
  const contentType = headers['content-type'];
  const hasBody =
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (contentType === undefined ? !hasBody : isJson(contentType)) return undefined;
  const message = `Cannot read content type "${contentType ?? ''}": use application/json`;
  return { status: 415, message };
}

/**
 * Whether a `Host` header may reach a listener bound to `bindHost`: a loopback listener answers
 * to loopback names only, whatever the port.
 */
export function isHostAllowed(hostHeader: string | undefined, bindHost: string): boolean {
  if (!isLoopback(bindHost)) return true;
  // HTTP/1.0 clients and HTTP/2 without an authority are no browsers.
  if (hostHeader === undefined || hostHeader === '') return true;
  const name = hostHeader
    .replace(/:\d+$/u, '')
    .replace(/^\[(?<inner>.*)\]$/u, '$<inner>')
    .toLowerCase();
  return isLoopback(name) || name === bindHost;
}

/** Whether a bind address or host name can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isLoopbackV4(host) || host === '::1' || host === '::ffff:127.0.0.1';
}

function isLoopbackV4(host: string): boolean {
  const parts = host.split('.');
  const isByte = (part: string): boolean =>
    /^(?:0|[1-9]\d{0,2})$/u.test(part) && Number(part) < 256;
  return parts.length === 4 && parts[0] === '127' && parts.every(isByte);
}

/**
 * `Sec-Fetch-Site` is the browser's own word and cannot be set by a page, so it decides where it
 * is sent, also behind a proxy that rewrites `Host`. Elsewhere an `Origin` must name our host.
 * A link that a person follows is no attack: it changes nothing and its page cannot read the answer.
 */
function isForeign({ method, headers }: IncomingRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) {
    const isLink = headers['sec-fetch-mode'] === 'navigate' && isRead(method);
    return site !== 'same-origin' && site !== 'none' && !isLink;
  }
  const { origin } = headers;
  return origin !== undefined && hostOf(origin) !== (headers['host'] ?? '').toLowerCase();
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

const hostOf = (origin: string): string | undefined =>
  /^https?:\/\/(?<host>[^/]+)$/u.exec(origin.toLowerCase())?.groups?.['host'];

const isJson = (contentType: string): boolean =>
  contentType.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
