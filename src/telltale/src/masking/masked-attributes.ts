import type { Attributes } from '@opentelemetry/api';

import { plainValue } from './plain-value.ts';
import { isSecretName } from './secret-names.ts';
import { maskText, REDACTED } from './secret-text.ts';

type Item = string | number | boolean | null | undefined;

/** The value of an attribute without secrets; the same one when there is nothing to mask. */
export function maskedAttribute(name: string, value: unknown): unknown {
  if (value === undefined || value === null || value === REDACTED) return value;
  if (isSecretName(name)) return REDACTED;
  if (typeof value === 'string') return maskText(value);
  if (typeof value !== 'object') return value;
  if (!isListOfPrimitives(value)) return plainValue(value);
  const isMasked = value.some((item) => typeof item === 'string' && maskText(item) !== item);
  return isMasked ? value.map((item) => (typeof item === 'string' ? maskText(item) : item)) : value;
}

const isListOfPrimitives = (value: object): value is readonly Item[] =>
  Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);

/** Attributes without secrets; the same object when there is nothing to mask. */
export function maskedAttributes(attributes: Attributes): Attributes {
  let masked: Attributes | undefined;
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    const safe = maskedAttribute(name, value);
    if (safe !== value) {
      masked ??= { ...attributes };
      masked[name] = safe as NonNullable<Attributes[string]>;
    }
  }
  return masked ?? attributes;
}
