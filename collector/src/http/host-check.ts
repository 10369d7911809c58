import { isIP } from 'node:net';

/**
 * Whether a `Host` header may reach a listener bound to `bindHost`.
 *
 * A page in a browser can make a name of its own resolve to 127.0.0.1 and then read what is bound
 * there. So a loopback listener answers only to loopback names, whatever the port.
 */
export function isHostAllowed(hostHeader: string | undefined, bindHost: string): boolean {
  if (!isLoopback(bindHost)) return true;
  // HTTP/1.0 clients and HTTP/2 without an authority are no browsers.
  if (hostHeader === undefined || hostHeader === '') return true;
  const name = hostHeader.replace(/:\d+$/u, '').replace(/^\[(?<inner>.*)\]$/u, '$<inner>');
  return isLoopback(name.toLowerCase()) || name.toLowerCase() === bindHost;
}

/** Whether a bind address or host name can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === '::ffff:127.0.0.1';
}
