import type { StreamKey } from '../types.ts';

/** Where the alert service keeps the baseline of a stream, with its query. */
export function fleetPath(key: StreamKey, below = '', more: Record<string, string> = {}): string {
  const parts = [key.model, key.version, key.name].map(encodeURIComponent).join('/');
  const query = new URLSearchParams({
    direction: key.direction,
    ...(key.segment === undefined ? {} : { segment: key.segment }),
    ...(key.season === undefined ? {} : { season: key.season }),
    ...more,
  });
  return `/monitoring/drift/baselines/${parts}${below}?${query.toString()}`;
}
