import { failure } from '../message.ts';
import type { Route } from '../router.ts';

/** `/monitoring/drift` and everything below it: the routes of the drift monitor, where it runs. */
export function driftRoutes(installed: readonly Route[]): readonly Route[] {
  if (installed.length > 0) return installed;
  return [
    {
      method: 'GET',
      path: '/monitoring/drift/*',
      access: 'key',
      handle: () =>
        failure(404, 'not_installed', 'Cannot tell about drift: no drift monitor runs here'),
    },
  ];
}
