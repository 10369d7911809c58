import * as v from 'valibot';

import { parseDuration } from '../../model/duration.ts';

/** `5m`, `1h30m` or 0; becomes milliseconds. */
export const duration: v.GenericSchema<unknown, number> = v.pipe(
  v.union([v.string(), v.number()], 'expected a duration such as 5m or 1h30m'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return parseDuration(String(dataset.value));
    } catch {
      addIssue({
        message: `expected a duration such as 5m or 1h30m: current value is "${dataset.value}"`,
      });
      return NEVER;
    }
  }),
);

/** A duration that may not be 0. */
export const positiveDuration: v.GenericSchema<unknown, number> = v.pipe(
  duration,
  v.minValue(1, 'expected a duration above 0'),
);

/** Where to listen. Port 0 takes any free port. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `127.0.0.1:4328` or `[::1]:4328`; an empty text switches the listener off. */
export const listenAddress: v.GenericSchema<unknown, ListenAddress | undefined> = v.pipe(
  v.string('expected an address such as 127.0.0.1:4328'),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    if (dataset.value === '') return undefined;
    const parts = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:[\]]+)):(?<port>\d{1,5})$/u.exec(
      dataset.value,
    );
    const port = Number(parts?.groups?.['port']);
    const host = parts?.groups?.['six'] ?? parts?.groups?.['host'];
    if (host !== undefined && port <= 65_535) return { host, port };
    addIssue({
      message: `expected an address such as 127.0.0.1:4328: current value is "${dataset.value}"`,
    });
    return NEVER;
  }),
);

/** An http or https URL without a user name or password, which would end up in logs. */
export const httpUrl: v.GenericSchema<unknown, string> = v.pipe(
  v.string('expected a URL such as https://example.com/hook'),
  v.check(isHttpUrl, 'expected an http or https URL'),
  v.check(
    (text) => !isHttpUrl(text) || (new URL(text).username === '' && new URL(text).password === ''),
    'expected a URL without user name and password: use credentials_file',
  ),
);

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//u.test(text) && URL.canParse(text);
}

export const count: v.GenericSchema<unknown, number> = v.pipe(
  v.number('expected a whole number'),
  v.safeInteger('expected a whole number'),
  v.minValue(1, 'expected a number above 0'),
);

export const labelName: v.GenericSchema<unknown, string> = v.pipe(
  v.string('expected a label name'),
  v.nonEmpty('expected a label name'),
);

export const fileName: v.GenericSchema<unknown, string> = v.pipe(
  v.string('expected a file name'),
  v.nonEmpty('expected a file name'),
);
