import { timingSafeEqual } from 'node:crypto';

import { type ApiKey, digestKey, type Scope } from '../../exchange/api-key.ts';
import type { HttpHeaders } from '../../model/http-message.ts';

export type AuthResult =
  | { readonly kind: 'allowed'; readonly actor: string }
  | { readonly kind: 'refused'; readonly status: 401 | 403; readonly message: string }
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number };

/** Wrong keys that one address may present in a minute before it has to wait. */
const FAILURES_MAX = 20;
const FAILURE_WINDOW_MS = 60_000;
const ADDRESSES_MAX = 1000;

interface Failures {
  count: number;
  sinceMs: number;
}

/** Checks API keys. Without any key, which is allowed on loopback only, everybody may do all. */
export class Authenticator {
  readonly #keys: readonly ApiKey[];
  readonly #failures: Map<string, Failures> = new Map();
  /** Requests with no or a wrong key since the start. */
  failureCount = 0;

  constructor(keys: readonly ApiKey[]) {
    this.#keys = keys;
  }

  check(
    scope: Scope,
    headers: HttpHeaders,
    from: { readonly address: string; readonly nowMs: number },
  ): AuthResult {
    if (this.#keys.length === 0 || scope === 'open') return { kind: 'allowed', actor: 'anonymous' };
    const key = this.#find(presentedKey(headers));
    if (key === undefined) {
      // A right key passes whatever came from its address before: it may be that of a proxy.
      const waitMs = this.#waitMsOf(from.address, from.nowMs);
      if (waitMs > 0) return { kind: 'throttled', retryAfterSeconds: Math.ceil(waitMs / 1000) };
      this.#noteFailure(from.address, from.nowMs);
      const message = 'Cannot accept the request: no known API key in X-API-Key or Authorization';
      return { kind: 'refused', status: 401, message };
    }
    if (key.scopes.includes(scope) || key.scopes.includes('admin')) {
      return { kind: 'allowed', actor: key.name };
    }
    const message = `Cannot accept the request: key "${key.name}" lacks the scope "${scope}"`;
    return { kind: 'refused', status: 403, message };
  }

  /** Compares with every key, so that the time says nothing about which one was close. */
  #find(presented: string | undefined): ApiKey | undefined {
    const digest = digestKey(presented ?? '');
    let found: ApiKey | undefined;
    for (const key of this.#keys) if (timingSafeEqual(key.digest, digest)) found = key;
    return presented === undefined ? undefined : found;
  }

  #waitMsOf(address: string, nowMs: number): number {
    const failures = this.#failures.get(address);
    if (failures === undefined || failures.count < FAILURES_MAX) return 0;
    const waitMs = failures.sinceMs + FAILURE_WINDOW_MS - nowMs;
    if (waitMs <= 0) this.#failures.delete(address);
    return Math.max(0, waitMs);
  }

  #noteFailure(address: string, nowMs: number): void {
    this.failureCount += 1;
    const failures = this.#failures.get(address);
    if (failures !== undefined && nowMs - failures.sinceMs < FAILURE_WINDOW_MS) {
      failures.count += 1;
      return;
    }
    if (this.#failures.size >= ADDRESSES_MAX) this.#failures.clear();
    this.#failures.set(address, { count: 1, sinceMs: nowMs });
  }
}

function presentedKey(headers: HttpHeaders): string | undefined {
  const bearer = /^Bearer +(?<token>\S+)$/iu.exec(headers['authorization'] ?? '');
  return headers['x-api-key'] ?? bearer?.groups?.['token'];
}
