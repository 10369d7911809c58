import { describe, expect, test } from 'vitest';

import { readSpans } from '../../../collector/src/otlp/read/read-spans.ts';
import { encodeOtlp } from '../../support/otlp/otlp-proto.ts';

describe('readSpans()', () => {
  test('reads what names an offending request', () => {
    const bytes = encodeOtlp('ExportTraceServiceRequest', {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'app' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex'),
                  spanId: Buffer.from('b7ad6b7169203331', 'hex'),
                  parentSpanId: Buffer.from('00f067aa0ba902b7', 'hex'),
                  name: 'ml.inference',
                  kind: 3,
                  startTimeUnixNano: '1700000000000000000',
                  endTimeUnixNano: '1700000000250000000',
                  attributes: [{ key: 'ml.model.name', value: { stringValue: 'phishing' } }],
                  status: { code: 2, message: 'failed' },
                },
                { name: 'fine', status: { code: 1 } },
              ],
            },
          ],
        },
      ],
    });
    const resource = { attributes: new Map([['service.name', 'app']]) };
    expect(readSpans(bytes)).toEqual([
      {
        resource,
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        parentSpanId: '00f067aa0ba902b7',
        name: 'ml.inference',
        startTimeMs: 1_700_000_000_000,
        endTimeMs: 1_700_000_000_250,
        isError: true,
        attributes: new Map([['ml.model.name', 'phishing']]),
      },
      {
        resource,
        traceId: '',
        spanId: '',
        parentSpanId: '',
        name: 'fine',
        startTimeMs: 0,
        endTimeMs: 0,
        isError: false,
        attributes: new Map(),
      },
    ]);
  });
});
