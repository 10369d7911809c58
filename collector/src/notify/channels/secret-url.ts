import * as v from 'valibot';

import type { ChannelContext } from './channel.ts';
import { readSecret, type Secret } from './fields.ts';

/**
 * The URL that a secret holds.
 *
 * @throws when its file cannot be read or holds no URL; the message never shows it.
 */
export function secretUrl(secret: Secret, context: ChannelContext): string {
  const url = readSecret(secret, context).trim();
  if (/^https?:\/\//u.test(url) && URL.canParse(url)) return url;
  const where = 'file' in secret ? `the file "${secret.file}"` : 'the configuration';
  throw new Error(`Cannot use the URL in ${where}: expected an http or https URL`);
}

/** A check that exactly one of two keys is there, such as `url` and `url_file`. */
export function eitherOf<Config>(
  one: keyof Config & string,
  other: keyof Config & string,
): v.CheckAction<Config, string> {
  return v.check(
    (config: Config) => (config[one] === undefined) !== (config[other] === undefined),
    `expected either ${one} or ${other}`,
  );
}

/** A check that two keys are not both there. */
export function atMostOneOf<Config>(
  one: keyof Config & string,
  other: keyof Config & string,
): v.CheckAction<Config, string> {
  return v.check(
    (config: Config) => config[one] === undefined || config[other] === undefined,
    `expected at most one of ${one} and ${other}`,
  );
}

/** What tells destinations apart for their rate limit; it may hold a secret and is never shown. */
export function destinationOf(type: string, secret: Secret): string {
  return `${type} ${'file' in secret ? `file ${secret.file}` : secret.value}`;
}
