import { jsonResponse, type Route } from '../../message.ts';
import { isoTime } from './alert-json.ts';
import type { AlertmanagerApi } from './api.ts';

/** The version of Alertmanager whose API this is; clients print it. */
const COMPATIBLE_VERSION = '0.34.0';

/** `status` and `receivers`, with which every client begins. */
export function alertmanagerStatusRoutes(api: AlertmanagerApi): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v2/status',
      scope: 'read',
      handle: () =>
        jsonResponse(200, {
          cluster: { status: 'disabled', peers: [] },
          versionInfo: {
            version: `${COMPATIBLE_VERSION}+telltale.${api.version}`,
            revision: '',
            branch: '',
            buildUser: '',
            buildDate: '',
            goVersion: '',
          },
          config: { original: api.shownConfig() },
          uptime: isoTime(api.startedMs),
        }),
    },
    {
      method: 'GET',
      path: '/api/v2/receivers',
      scope: 'read',
      handle: () =>
        jsonResponse(
          200,
          api.receiverNames().map((name) => ({ name })),
        ),
    },
  ];
}
