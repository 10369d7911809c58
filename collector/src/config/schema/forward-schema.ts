import * as v from 'valibot';

import { httpConfig } from '../../notify/channels/http/http-config.ts';
import type { ForwardTarget } from '../../notify/forward/forward-target.ts';
import { httpUrl } from './fields.ts';

/**
 * One Alertmanager to tell every alert to: its URL, and beside it the keys of `http_config`, as in
 * Prometheus' own list of Alertmanagers.
 */
export const forwardTarget: v.GenericSchema<unknown, ForwardTarget> = v.pipe(
  v.looseObject({ url: httpUrl }),
  v.rawTransform(({ dataset, addIssue, NEVER }): ForwardTarget => {
    const { url, ...rest } = dataset.value;
    const result = v.safeParse(httpConfig, asTexts(rest));
    if (result.success) return { name: new URL(url).origin, url, http: result.output };
    for (const { message, path = [] } of result.issues) {
      const place = path.map((step) => String(step.key)).join('.');
      addIssue({ message: place === '' ? message : `${place}: ${message}` });
    }
    return NEVER;
  }),
);

/** The reader of `http_config` takes every scalar as the text that stands in a file. */
function asTexts(value: unknown): unknown {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, asTexts(one)]));
}
