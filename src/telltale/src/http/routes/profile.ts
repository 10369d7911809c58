import type { ProfileRequest, TakenProfile } from '../../profiling/take-profile.ts';
import { failure, type MonitoringResponse } from '../message.ts';
import type { Route } from '../router.ts';
import {
  isProfileFormat,
  PROFILE_FORMATS,
  SVG_SCRIPT_HASH,
} from '@telltale/instrumentation-profiler/endpoint';

const SECONDS_DEFAULT = 10;
const SECONDS_MAX = 60;
const INTERVAL_MS_DEFAULT = 10;

/**
 * `GET /monitoring/profile?seconds=10&format=svg`: a CPU profile of this process. One at a time; the
 * answer comes when it is recorded, and the recording ends when the client leaves.
 */
export function profileRoute(
  take: (request: ProfileRequest, signal?: AbortSignal) => Promise<TakenProfile>,
): Route {
  return {
    method: 'GET',
    path: '/monitoring/profile',
    access: 'key',
    handle: async ({ query, signal }) => {
      const request = requestOf(query);
      if (typeof request === 'string') return failure(400, 'bad_request', request);
      const taken = await take(request, signal);
      if ('refusal' in taken) {
        return failure(taken.refusal === 'busy' ? 409 : 400, taken.refusal, taken.message);
      }
      return answer(taken, request);
    },
  };
}

function answer(
  { body, contentType }: { readonly body: string | Uint8Array; readonly contentType: string },
  { format }: ProfileRequest,
): MonitoringResponse {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${SVG_SCRIPT_HASH}'`;
  return {
    status: 200,
    headers: {
      'content-type': contentType,
      ...(format === 'svg' ? { 'content-security-policy': policy } : {}),
    },
    body,
  };
}

/** The request, or what is wrong with it. */
function requestOf(query: URLSearchParams): ProfileRequest | string {
  const format = query.get('format') ?? 'svg';
  if (!isProfileFormat(format)) {
    return `Cannot profile: expected format to be one of ${PROFILE_FORMATS.join(', ')}`;
  }
  const seconds = Number(query.get('seconds') ?? SECONDS_DEFAULT);
  if (!(seconds > 0 && seconds <= SECONDS_MAX)) {
    return `Cannot profile: expected seconds to be above 0 and at most ${SECONDS_MAX}`;
  }
  const intervalMs = Number(query.get('interval_ms') ?? INTERVAL_MS_DEFAULT);
  if (!(intervalMs >= 0.1 && intervalMs <= 1000)) {
    return 'Cannot profile: expected interval_ms to be 0.1 to 1000';
  }
  return {
    format,
    seconds,
    intervalMs,
    hasIdle: query.get('idle') === 'true',
    hasWorkers: query.get('workers') === 'true',
  };
}
