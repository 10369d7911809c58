import { createHash, timingSafeEqual } from 'node:crypto';

import type { MonitoringRequest } from './message.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * The keys that open `/monitoring`. Only digests are kept, and all of them are compared, so that
 * neither memory nor time tells how close a guess was.
 */
export class ApiKeys {
  readonly #digests: readonly Buffer[];
  /** Whether keys are configured. If none can be read then, every request is refused. */
  readonly isRequired: boolean;

  constructor(keys: readonly string[], isRequired: boolean = keys.length > 0) {
    this.#digests = keys.filter((key) => key !== '').map(digest);
    this.isRequired = isRequired;
  }

  /** Whether the request carries a key, as `X-API-Key` or as a bearer token. */
  opens({ headers }: Pick<MonitoringRequest, 'headers'>): boolean {
    const bearer = /^Bearer (\S+)$/iu.exec(headers['authorization'] ?? '')?.[1];
    const given = headers['x-api-key'] ?? bearer;
    if (given === undefined) return false;
    const wanted = digest(given);
    let isOpen = false;
    for (const known of this.#digests) isOpen = timingSafeEqual(known, wanted) || isOpen;
    return isOpen;
  }
}
