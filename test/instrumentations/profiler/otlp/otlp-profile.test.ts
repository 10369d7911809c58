import { expect, test } from 'vitest';

import { otlpProfileRequest } from '../../../../instrumentations/profiler/src/otlp/otlp-profile.ts';
import { PROFILE } from '../../../support/profiler/profiles.ts';

test('stacks, their times and the spans they were seen in', () => {
  const span = {
    name: 'POST /predict',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    startMicros: 1_000_000,
    endMicros: 1_015_000,
  };
  const request = otlpProfileRequest(PROFILE, {
    spans: [span],
    resource: { 'service.name': 'fraud' },
    startMs: 1_700_000_000_000,
    profileId: '00112233445566778899aabbccddeeff',
  }) as {
    resourceProfiles: {
      scopeProfiles: {
        profiles: { samples: { values: string[]; linkIndex: number; stackIndex: number }[] }[];
      }[];
    }[];
    dictionary: {
      linkTable: object[];
      stringTable: string[];
      stackTable: { locationIndices?: number[] }[];
    };
  };
  const samples = request.resourceProfiles[0]?.scopeProfiles[0]?.profiles[0]?.samples ?? [];
  expect(samples.map(({ values, linkIndex }) => [values[0], linkIndex])).toEqual([
    ['10000000', 1],
    ['10000000', 1],
    ['10000000', 0],
    ['10000000', 0],
    ['10000000', 0],
  ]);
  expect(request.dictionary.linkTable).toEqual([
    {},
    { traceId: span.traceId, spanId: span.spanId },
  ]);
  expect(request.dictionary.stringTable[0]).toBe('');
  expect(request.dictionary.stringTable).toContain('handler');
  expect(request.dictionary.stackTable).toHaveLength(6);
});
