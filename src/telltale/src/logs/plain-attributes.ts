import type { Attributes } from '@opentelemetry/api';

import { maskedValue } from '../masking/plain-value.ts';

const ATTRIBUTES_MAX = 64;
const TEXT_LENGTH_MAX = 4_096;

/**
 * Attributes that every exporter can encode, of whatever the application gave: secrets are masked,
 * structures become text, and what cannot be read says so.
 */
export function plainAttributes(given: Readonly<Record<string, unknown>>): Attributes {
  const plain: Attributes = {};
  for (const key of Object.keys(given).slice(0, ATTRIBUTES_MAX)) {
    const value = attributeOf(maskedValue(key, readOf(given, key)));
    if (value !== undefined) plain[key] = value;
  }
  return plain;
}

function readOf(given: Readonly<Record<string, unknown>>, key: string): unknown {
  try {
    return given[key];
  } catch {
    return '[unreadable]';
  }
}

function attributeOf(value: unknown): string | number | boolean | undefined {
  if (typeof value === 'string') return value.slice(0, TEXT_LENGTH_MAX);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === undefined || value === null) return undefined;
  return JSON.stringify(value).slice(0, TEXT_LENGTH_MAX);
}
