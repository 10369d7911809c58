import type { Resource } from '@opentelemetry/resources';

import { maskedAttribute } from './masked-attributes.ts';
import { isSecretName } from './secret-names.ts';
import { REDACTED } from './secret-text.ts';

/** The command line as a list, where a flag and its value are two items. */
const COMMAND_ARGS = 'process.command_args';
const FLAG = /^--?[^=\s]+$/u;

/**
 * Masks secrets in the attributes of a resource, in place: every holder of it sees the masked values. What a
 * detector still looks for is masked when it is found.
 */
export function maskResource<R extends Resource>(resource: R): R {
  const raw = resource.getRawAttributes();
  raw.forEach(([name, value], index) => {
    if (isPromise(value)) raw[index] = [name, value.then((found) => masked(name, found))];
    else raw[index] = [name, masked(name, value)];
  });
  // They may have been read already, and are kept then.
  if (resource.asyncAttributesPending !== true) {
    const { attributes } = resource;
    for (const [name, value] of Object.entries(attributes)) attributes[name] = masked(name, value);
  }
  return resource;
}

function masked<T>(name: string, value: T): T {
  const safe = maskedAttribute(name, value);
  return (name === COMMAND_ARGS && Array.isArray(safe) ? maskedFlags(safe) : safe) as T;
}

/** `--db-password x` is one secret in two items. */
const maskedFlags = (items: readonly unknown[]): readonly unknown[] =>
  items.map((item, index) => {
    const before = items[index - 1];
    const isValue = typeof before === 'string' && FLAG.test(before) && isSecretName(before);
    return isValue && typeof item === 'string' && !item.startsWith('-') ? REDACTED : item;
  });

const isPromise = <T>(value: T | PromiseLike<T>): value is PromiseLike<T> =>
  typeof value === 'object' && value !== null && 'then' in value;
