export interface WebhookConfig {
  /** A URL may itself be a secret, so it can stand in a file. */
  readonly target: { readonly url: string } | { readonly urlFile: string };
  readonly sendsResolved: boolean;
  /** Alerts in one message; 0 for all. */
  readonly alertsMax: number;
  readonly timeoutMs: number;
  /** A file with a bearer token. */
  readonly credentialsFile?: string;
}
