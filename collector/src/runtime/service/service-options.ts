import type { NotifySet } from '../../config/notify-set.ts';
import type { RuleSet } from '../../config/rules/rule-set.ts';
import type { CollectorConfig } from '../../config/schema/collector-config.ts';
import type { HttpMessage, HttpResult } from '../../model/http-message.ts';
import type { MailMessage, MailResult } from '../../model/mail-message.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** What the service is made of, from outside; tests inject clocks, chance and the network. */
export interface ServiceOptions {
  readonly config: CollectorConfig;
  /** What file names in the configuration are relative to. */
  readonly folder: string;
  readonly rules: RuleSet;
  readonly notify: NotifySet;
  readonly clock: Clock;
  readonly log: Log;
  readonly monotonicMs: () => number;
  readonly random: () => number;
  readonly send: (message: HttpMessage) => Promise<HttpResult>;
  readonly sendMail: (message: MailMessage) => Promise<MailResult | HttpResult>;
  readonly clientName: string;
}
