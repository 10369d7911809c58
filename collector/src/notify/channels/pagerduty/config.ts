import type { Secret } from '../fields.ts';
import type { HttpConfig } from '../http/http-config.ts';
import type { TemplateTree } from '../template-tree.ts';

/** An entry of `pagerduty_configs`; every text is a template. */
export interface PagerdutyConfig {
  readonly send_resolved: boolean;
  readonly http_config: HttpConfig;
  readonly routingKey: Secret;
  readonly url: string;
  readonly client: string;
  readonly client_url: string;
  readonly description: string;
  readonly details: Readonly<Record<string, TemplateTree>>;
  readonly images: readonly PagerdutyImage[];
  readonly links: readonly PagerdutyLink[];
  readonly source: string;
  /** Empty: as bad as the worst firing alert. */
  readonly severity: string;
  readonly class: string;
  readonly component: string;
  readonly group: string;
  readonly timeoutMs: number;
}

export interface PagerdutyImage {
  readonly src: string;
  readonly alt: string;
  readonly href: string;
}

export interface PagerdutyLink {
  readonly href: string;
  readonly text: string;
}
