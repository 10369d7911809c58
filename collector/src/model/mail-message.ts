import type { TlsOptions } from './tls-options.ts';

/** How to reach a mail server and who we are to it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** What we call ourselves in EHLO. */
  readonly hello: string;
  /** The connection begins with TLS, as on port 465. */
  readonly isTlsFromStart: boolean;
  /** Without TLS from the start: a server that offers no STARTTLS gets nothing. */
  readonly requiresStartTls: boolean;
  readonly tls: TlsOptions;
  readonly auth?: MailAuth;
}

export interface MailAuth {
  readonly username: string;
  /** For PLAIN and LOGIN. */
  readonly password?: string;
  /** For CRAM-MD5. */
  readonly secret?: string;
  /** PLAIN's authorization identity. */
  readonly identity?: string;
}

/** A mail to send, as plain data, so that what builds it is tested without a mail server. */
export interface MailMessage {
  readonly server: MailServer;
  /** One address without its name. */
  readonly from: string;
  readonly to: readonly string[];
  /** All headers but those of MIME; names in their usual case, values without line breaks. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly html?: string;
  readonly timeoutMs: number;
}

/** What a mail server said; what prevented an answer is an `HttpResult` of kind `no answer`. */
export interface MailResult {
  readonly kind: 'mail';
  /** `refused` with an SMTP code of 5xx is final. */
  readonly state: 'accepted' | 'refused';
  readonly code?: number;
  readonly message: string;
}
