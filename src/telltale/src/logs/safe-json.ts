/** Characters of one line; a longer record keeps its head and says so. */
export const LINE_LENGTH_MAX = 32_768;
const DEPTH_MAX = 6;
const ITEMS_MAX = 200;
const REDACTED = '[redacted]';

/** Keys whose values never leave, at any depth and in any case. */
const SECRET_KEYS = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api_key',
  'apikey',
  'password',
  'token',
  'secret',
]);

/** The last word of a dotted key counts too: `http.request.header.authorization`. */
export function isSecretKey(key: string): boolean {
  const lower = key.toLowerCase();
  return SECRET_KEYS.has(lower) || SECRET_KEYS.has(lower.slice(lower.lastIndexOf('.') + 1));
}

/**
 * A copy that `JSON.stringify` cannot fail on: circles, depth, BigInt, functions and getters that
 * throw become text, secrets are masked, long lists are cut.
 */
export function plainValue(value: unknown, path: readonly object[] = []): unknown {
  if (typeof value !== 'object' || value === null) return plainPrimitive(value);
  if (path.includes(value)) return '[circular]';
  if (path.length >= DEPTH_MAX) return '[deep]';
  try {
    return plainStructure(value, [...path, value]);
  } catch {
    return '[unreadable]';
  }
}

function plainPrimitive(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function plainStructure(value: object, path: readonly object[]): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (!Array.isArray(value)) return plainObject(value, path);
  return value.slice(0, ITEMS_MAX).map((item) => plainValue(item, path));
}

function plainObject(value: object, path: readonly object[]): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value).slice(0, ITEMS_MAX)) {
    plain[key] = isSecretKey(key) ? REDACTED : plainProperty(value, key, path);
  }
  return plain;
}

function plainProperty(value: object, key: string, path: readonly object[]): unknown {
  try {
    return plainValue((value as Record<string, unknown>)[key], path);
  } catch {
    return '[unreadable]';
  }
}

/** The mask for secrets, for keys that are not part of an object here. */
export const maskedValue = (key: string, value: unknown): unknown =>
  isSecretKey(key) ? REDACTED : plainValue(value);
