import type { Secret } from '../fields.ts';
import type { TlsConfig } from '../http/tls-config.ts';

/** An entry of `email_configs` with what `global` gives; texts are templates. */
export interface EmailConfig {
  readonly sendsResolved: boolean;
  readonly to: string;
  readonly from: string;
  readonly host: string;
  readonly port: number;
  readonly hello: string;
  readonly auth: EmailAuth | undefined;
  /** In the order of the file; the name's case is kept. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty for a mail without this part. */
  readonly html: string;
  readonly text: string;
  readonly isTlsFromStart: boolean;
  readonly requiresTls: boolean;
  readonly tls: TlsConfig | undefined;
  readonly threading: Threading;
}

export interface EmailAuth {
  readonly username: string;
  readonly password: Secret | undefined;
  readonly secret: Secret | undefined;
}

/** Whether mails about one group stand below each other, and whether each day begins a new thread. */
export type Threading = 'none' | 'daily' | 'always';
