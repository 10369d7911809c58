import * as v from 'valibot';

import type { GlobalSettings } from '../global-settings.ts';
import { type Completed, entryProblem } from '../kind.ts';
import { DEFAULT_HTTP_CONFIG, type HttpConfig, httpConfig } from './http-config.ts';

/** An entry that may bring its own `http_config`. */
export interface HttpEntry {
  readonly http_config?: HttpConfig | undefined;
}

/** The entry with the `http_config` that holds for it: its own, the global one, or the defaults. */
export function withHttpConfig<Entry extends HttpEntry>(
  entry: Entry,
  global: GlobalSettings,
): Completed<Entry & { readonly http_config: HttpConfig }> {
  if (entry.http_config !== undefined) {
    return { config: { ...entry, http_config: entry.http_config } };
  }
  if (global.httpConfig === undefined) {
    return { config: { ...entry, http_config: DEFAULT_HTTP_CONFIG } };
  }
  const result = v.safeParse(httpConfig, global.httpConfig);
  if (result.success) return { config: { ...entry, http_config: result.output } };
  const problems = result.issues.map(entryProblem).map(({ path, message }) => {
    return {
      path: ['http_config'],
      message: `global.${['http_config', ...path].join('.')}: ${message}`,
    };
  });
  return { problems };
}
