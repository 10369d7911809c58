import { describe, expect, test } from 'vitest';

import { encodeExportResponse, encodeStatus } from '../../../collector/src/otlp/response.ts';
import { otlpType } from '../../support/otlp/otlp-proto.ts';

function decode(name: string, bytes: Uint8Array): unknown {
  const type = otlpType(name);
  return type.toObject(type.decode(bytes), { longs: Number });
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

describe('encodeExportResponse()', () => {
  test('is empty for full success', () => {
    const partial = { rejected: 0, message: '' };
    expect(encodeExportResponse('metrics', partial, 'protobuf')).toHaveLength(0);
    expect(text(encodeExportResponse('logs', partial, 'json'))).toBe('{}');
  });

  test('says how many were rejected and why', () => {
    const partial = { rejected: 300, message: 'too_old' };
    const bytes = encodeExportResponse('metrics', partial, 'protobuf');
    expect(decode('ExportMetricsServiceResponse', bytes)).toEqual({
      partialSuccess: { rejectedDataPoints: 300, errorMessage: 'too_old' },
    });
  });

  test('warns with a message alone', () => {
    const partial = { rejected: 0, message: 'ä warning' };
    const bytes = encodeExportResponse('metrics', partial, 'protobuf');
    expect(decode('ExportMetricsServiceResponse', bytes)).toEqual({
      partialSuccess: { errorMessage: 'ä warning' },
    });
  });

  test.for([
    ['metrics', 'rejectedDataPoints'],
    ['logs', 'rejectedLogRecords'],
    ['traces', 'rejectedSpans'],
  ] as const)('names the items of %s in JSON', ([signal, key]) => {
    const bytes = encodeExportResponse(signal, { rejected: 2, message: 'x' }, 'json');
    expect(JSON.parse(text(bytes))).toEqual({ partialSuccess: { [key]: '2', errorMessage: 'x' } });
  });

  test('keeps the answer short', () => {
    const message = 'x'.repeat(10_000_000);
    expect(
      encodeExportResponse('metrics', { rejected: 1, message }, 'protobuf').length,
    ).toBeLessThan(10_000);
  });
});

describe('encodeStatus()', () => {
  const status = { code: 3, message: 'Cannot read OTLP' };

  test('is a google.rpc.Status in both encodings', () => {
    expect(decode('RpcStatus', encodeStatus(status, 'protobuf'))).toEqual(status);
    expect(JSON.parse(text(encodeStatus(status, 'json')))).toEqual(status);
  });
});
