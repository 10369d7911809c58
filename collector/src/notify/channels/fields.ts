import * as v from 'valibot';

import { parseDuration } from '../../model/duration.ts';

/**
 * Fields of `alertmanager.yml`. The loader hands every scalar over as the text that stands in the
 * file (an empty or null value as if the key were not there), because Alertmanager decides by the
 * field what `0123`, `yes` or `1e3` means, not by the YAML type.
 */

/** Any text: a name, a template. */
export const text: v.GenericSchema<unknown, string> = v.string('expected a text');

export const nonEmptyText: v.GenericSchema<unknown, string> = v.pipe(
  v.string('expected a text'),
  v.nonEmpty('expected a text that is not empty'),
);

/** The words of YAML 1.1, which Alertmanager's reader takes. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', 'y'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', 'n'].map((word) => [word, false] as const),
]);

/** `true`, `false` and the older words of YAML 1.1. */
export const flag: v.GenericSchema<unknown, boolean> = converted(
  (value) => FLAGS.get(value.toLowerCase()),
  'expected true or false',
);

export const integer: v.GenericSchema<unknown, number> = converted((value) => {
  const number = /^[+-]?\d[\d_]*$/u.test(value) ? Number(value.replaceAll('_', '')) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}, 'expected a whole number');

export const count: v.GenericSchema<unknown, number> = v.pipe(
  integer,
  v.minValue(0, 'expected a whole number of at least 0'),
);

/** `5m`, `1h30m` or 0; becomes milliseconds. */
export const durationMs: v.GenericSchema<unknown, number> = converted((value) => {
  try {
    return parseDuration(value);
  } catch {
    return undefined;
  }
}, 'expected a duration such as 5m or 1h30m');

export const positiveDurationMs: v.GenericSchema<unknown, number> = v.pipe(
  durationMs,
  v.minValue(1, 'expected a duration above 0'),
);

/** An absolute http or https URL. */
export const httpUrl: v.GenericSchema<unknown, string> = v.pipe(
  v.string('expected a URL such as https://example.com/hook'),
  v.check((url) => /^https?:\/\//u.test(url) && URL.canParse(url), 'expected an http or https URL'),
);

export const texts: v.GenericSchema<unknown, readonly string[]> = v.array(
  text,
  'expected a list of texts',
);

export const textMap: v.GenericSchema<unknown, Readonly<Record<string, string>>> = v.record(
  v.string(),
  text,
  'expected a map of texts',
);

/** A secret that stands in the file itself or in a file of its own, which is read at each use. */
export type Secret = { readonly value: string } | { readonly file: string };

/** The secret of the keys `name` and `name_file`; `undefined` when neither is there. */
export function secretOf(value: string | undefined, file: string | undefined): Secret | undefined {
  if (value !== undefined) return { value };
  return file === undefined ? undefined : { file };
}

/** The secret's current text. @throws when its file cannot be read. */
export function readSecret(secret: Secret, context: { readSecret(path: string): string }): string {
  return 'value' in secret ? secret.value : context.readSecret(secret.file);
}

/** A text that becomes something else; `undefined` from `convert` is the problem `message`. */
export function converted<Value>(
  convert: (text: string) => Value | undefined,
  message: string,
): v.GenericSchema<unknown, Value> {
  return v.pipe(
    v.string(message),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const value = convert(dataset.value);
      if (value !== undefined) return value;
      addIssue({ message: `${message}: current value is ${JSON.stringify(dataset.value)}` });
      return NEVER;
    }),
  );
}

export function atMostOne(one: string, other: string): string {
  return `expected at most one of ${one} and ${other}`;
}
