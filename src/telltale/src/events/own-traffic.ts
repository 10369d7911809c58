import { sharedState } from '@telltale/core';

/** Servers and requests that are Telltale's own, weakly held. One set a process. */
const own: WeakSet<object> = sharedState('telltale.own-traffic', () => new WeakSet());

/** Marks a server, or one request, as no traffic of the application. */
export function markOwn(serverOrRequest: object): void {
  own.add(serverOrRequest);
}

export const isOwn = (serverOrRequest: object): boolean => own.has(serverOrRequest);
