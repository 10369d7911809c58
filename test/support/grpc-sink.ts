import { startProbeSink } from './otel-variables/probe-sink.ts';
import { decodeOtlp } from './otlp-decode.ts';
import { latestTotal, type OtlpSink } from './otlp-sink.ts';

/** An OTLP receiver over gRPC, without encryption, on a free port of the loopback. */
export async function startGrpcSink(): Promise<
  Pick<OtlpSink, 'url' | 'spans' | 'total' | 'close'>
> {
  const sink = await startProbeSink({ kind: 'grpc' });
  const decoded = (): ReturnType<typeof decodeOtlp>[] =>
    sink.requests.map(({ signal, body }) =>
      decodeOtlp({
        path: `/v1/${signal}`,
        contentType: 'application/x-protobuf',
        contentEncoding: '',
        body,
      }),
    );
  return {
    url: `http://127.0.0.1:${sink.port}`,
    spans: () => decoded().flatMap((one) => one.spans),
    total: (name) =>
      latestTotal(
        decoded().flatMap((one) => one.metrics),
        name,
      ),
    close: async () => sink.close(),
  };
}
