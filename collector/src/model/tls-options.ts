/** TLS of a connection that we open; certificates and keys are PEM texts. */
export interface TlsOptions {
  /** Trusted in place of the system's authorities. */
  readonly ca?: string;
  /** Our own certificate, with its key. */
  readonly cert?: string;
  readonly key?: string;
  /** The name to expect in the server's certificate, where it is not the host. */
  readonly serverName?: string;
  /** Takes any certificate: for tests only. */
  readonly isUnchecked?: boolean;
  readonly versionMin?: TlsVersion;
  readonly versionMax?: TlsVersion;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
