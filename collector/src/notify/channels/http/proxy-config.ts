import * as v from 'valibot';

import { atMostOne, flag, text } from '../fields.ts';
import { connectHeaders, type HeaderConfig } from './header-config.ts';

export interface ProxyConfig {
  /** Absent: from the environment (`HTTPS_PROXY` and its kin). */
  readonly url: string | undefined;
  readonly noProxy: string | undefined;
  readonly connectHeaders: readonly HeaderConfig[];
}

/** The keys of a proxy, which stand beside others. */
export interface ProxyEntries {
  readonly proxy_url?: string | undefined;
  readonly no_proxy?: string | undefined;
  readonly proxy_from_environment: boolean;
  readonly proxy_connect_header: readonly HeaderConfig[];
}

const proxyUrl: v.GenericSchema<unknown, string> = v.pipe(
  text,
  v.check(
    (url) => /^https?:\/\//u.test(url) && URL.canParse(url),
    'expected the URL of an http or https proxy',
  ),
);

export const proxyFields: {
  readonly proxy_url: v.OptionalSchema<typeof proxyUrl, undefined>;
  readonly no_proxy: v.OptionalSchema<typeof text, undefined>;
  readonly proxy_from_environment: v.OptionalSchema<typeof flag, 'false'>;
  readonly proxy_connect_header: v.OptionalSchema<typeof connectHeaders, Record<string, never>>;
} = {
  proxy_url: v.optional(proxyUrl),
  no_proxy: v.optional(text),
  proxy_from_environment: v.optional(flag, 'false'),
  proxy_connect_header: v.optional(connectHeaders, {}),
};

/** What is wrong with the keys of a proxy beside each other. */
export function proxyProblem(entries: ProxyEntries): string | undefined {
  const { proxy_url: url, no_proxy: noProxy, proxy_from_environment: isFromEnvironment } = entries;
  if (url !== undefined && isFromEnvironment) {
    return atMostOne('proxy_url', 'proxy_from_environment');
  }
  if (noProxy !== undefined && url === undefined) {
    return 'expected no_proxy together with proxy_url';
  }
  return undefined;
}

export function proxyConfig(entries: ProxyEntries): ProxyConfig | undefined {
  const { proxy_url: url, no_proxy: noProxy, proxy_from_environment: isFromEnvironment } = entries;
  if (url === undefined && !isFromEnvironment) return undefined;
  return { url, noProxy, connectHeaders: entries.proxy_connect_header };
}
