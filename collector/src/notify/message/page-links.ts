/** Where the service's own page shows alerts, below `collector.external_url`. */
export const ALERTS_PAGE = '/#/alerts';

/** The page of one alert. @param externalUrl without a slash at its end. */
export function alertPage(externalUrl: string, fingerprint: string): string {
  return `${externalUrl}${ALERTS_PAGE}/${fingerprint}`;
}
