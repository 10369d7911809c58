import type { SpanRecord } from '../../../../examples/phishing/demo/otlp-decode.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

/** A request that led to two inferences. */
export const REQUEST: SpanRecord = {
  traceId: TRACE_ID,
  spanId: 'b7ad6b7169203331',
  parentSpanId: '',
  name: 'POST',
  kind: 2,
  startMs: 1000,
  durationMs: 3.456,
  attributes: {
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'url.path': '/predict',
  },
};

export const INFERENCE: SpanRecord = {
  traceId: TRACE_ID,
  spanId: '00f067aa0ba902b7',
  parentSpanId: REQUEST.spanId,
  name: 'infer phishing',
  kind: 1,
  startMs: 1001,
  durationMs: 0.25,
  attributes: {
    'ml.operation.name': 'infer',
    'ml.inference.queue.duration': 0.000_123_456,
    'ml.runtime.providers': ['cuda', 'cpu'],
    'ml.inference.cold': true,
  },
};

export const SECOND_INFERENCE: SpanRecord = {
  ...INFERENCE,
  spanId: '00f067aa0ba902b8',
  startMs: 1002,
  attributes: { 'ml.operation.name': 'infer' },
};
