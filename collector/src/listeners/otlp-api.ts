import type { OtlpApi } from '../http/routes/otlp.ts';
import { readUnkept } from '../runtime/ingest/unkept-signals.ts';
import type { ServiceCore } from '../runtime/service/service-core.ts';
import type { RequestCounters } from './request-counters.ts';

/** What senders may ask for, over HTTP and gRPC alike. */
export function createOtlpApi(core: ServiceCore, { discarded }: RequestCounters): OtlpApi {
  const { ingest } = core.parts.plane;
  const bodyBytesMax = core.config.otlp.max_body_bytes;
  return {
    bodyBytesMax,
    take: (request) => ingest.take(request),
    read: async (signal, request) => {
      const answer = await readUnkept(signal, request, bodyBytesMax);
      if (answer.kind === 'read') discarded.add([signal], answer.records);
      return answer;
    },
  };
}
