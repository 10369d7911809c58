import { isSecretName } from './secret-names.ts';
import { maskText, REDACTED } from './secret-text.ts';

const DEPTH_MAX = 6;
const ITEMS_MAX = 200;

/**
 * A copy that `JSON.stringify` and every exporter can take, without secrets: circles, depth, BigInt,
 * functions and getters that throw become text, values of secret names and secrets inside texts are
 * masked, long lists are cut.
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

/** As `plainValue`, for a value that has a name. */
export function maskedValue(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  return isSecretName(name) ? REDACTED : plainValue(value);
}

function plainPrimitive(value: unknown): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`;
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function plainStructure(value: object, path: readonly object[]): unknown {
  if (value instanceof Date) return value.toISOString(); // throws for an invalid one
  if (value instanceof Error) return maskText(`${value.name}: ${value.message}`);
  if (value instanceof URL) return maskText(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map) return plainMap(value, path);
  if (value instanceof Set) return plainValue([...value], path);
  if (!Array.isArray(value)) return plainObject(value, path);
  return value.slice(0, ITEMS_MAX).map((item) => plainValue(item, path));
}

function plainObject(value: object, path: readonly object[]): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value).slice(0, ITEMS_MAX)) {
    plain[maskText(key)] = isSecretName(key) ? REDACTED : plainProperty(value, key, path);
  }
  return plain;
}

function plainMap(value: ReadonlyMap<unknown, unknown>, path: readonly object[]): unknown {
  const entries = [...value].slice(0, ITEMS_MAX).map(([key, item]) => {
    const name = String(key);
    return [maskText(name), isSecretName(name) ? REDACTED : plainValue(item, path)] as const;
  });
  return Object.fromEntries(entries);
}

function plainProperty(value: object, key: string, path: readonly object[]): unknown {
  try {
    return plainValue((value as Record<string, unknown>)[key], path);
  } catch {
    return '[unreadable]';
  }
}
