import { randomBytes } from 'node:crypto';

import type { Profile } from '@telltale/instrumentation-profiler';

import type { Config } from '../config.ts';

const TIMEOUT_MS = 10_000;

/**
 * Sends a profile to the OTLP endpoint, as JSON. Experimental: the signal is in development, and an
 * OTel Collector takes it only behind its feature gate `service.profilesSupport`.
 */
export function sendOtlpProfile(config: Config): (profile: Profile) => Promise<void> {
  const endpoint = config.text('export.endpoint');
  return async (profile) => {
    if (endpoint === undefined) {
      throw new Error('profile.otlp needs an endpoint: set OTEL_EXPORTER_OTLP_ENDPOINT');
    }
    const { otlpProfileRequest } = await import('@telltale/instrumentation-profiler');
    const body = otlpProfileRequest(profile.main, {
      spans: profile.details.spans ?? [],
      sampleSpans: profile.details.sampleSpans,
      resource: { 'service.name': config.text('service.name') ?? 'unknown_service:node' },
      startMs: profile.details.startMs,
      profileId: randomBytes(16).toString('hex'),
    });
    const answer = await fetch(`${endpoint.replace(/\/+$/u, '')}/v1development/profiles`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (!answer.ok)
      throw new Error(`the OTLP endpoint answered HTTP ${answer.status} to a profile`);
  };
}
