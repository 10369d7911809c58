import { join } from 'node:path';

import type { ServiceSpec } from '../service.ts';
import { type Context, logPath } from './specs.ts';

const CONFIG = join(import.meta.dirname, '../../jaeger/jaeger.yaml');

/** Jaeger in memory, in the place of Tempo, which cannot be built from a module. */
function jaeger1Spec(program: string, context: Context): ServiceSpec {
  const host = context.network.traces;
  const at = (port: number): string => `${host}:${port}`;
  return {
    name: 'traces',
    command: [
      program,
      '--memory.max-traces=100000',
      `--collector.otlp.grpc.host-port=${at(4317)}`,
      `--collector.otlp.http.host-port=${at(4318)}`,
      `--query.http-server.host-port=${at(16_686)}`,
      `--query.grpc-server.host-port=${at(16_685)}`,
      `--admin.http.host-port=${at(14_269)}`,
      `--collector.grpc-server.host-port=${at(14_250)}`,
      `--collector.http-server.host-port=${at(14_268)}`,
      // Each of these would listen on every interface otherwise.
      `--http-server.host-port=${at(5778)}`,
      `--processor.jaeger-binary.server-host-port=${at(6832)}`,
      `--processor.jaeger-compact.server-host-port=${at(6831)}`,
      `--processor.zipkin-compact.server-host-port=${at(5775)}`,
    ],
    env: { SPAN_STORAGE_TYPE: 'memory' },
    healthUrl: `http://${at(14_269)}/`,
    logPath: logPath(context, 'traces'),
  };
}

/** Jaeger 2, whose line goes on; it takes longer to build. */
function jaeger2Spec(program: string, context: Context): ServiceSpec {
  const host = context.network.traces;
  return {
    name: 'traces',
    command: [program, `--config=${CONFIG}`],
    env: { JAEGER_BIND: host },
    healthUrl: `http://${host}:13133/status`,
    logPath: logPath(context, 'traces'),
  };
}

/** By the name of the program. */
export const jaegerSpecs: Readonly<
  Record<'jaeger' | 'jaeger-2', (program: string, context: Context) => ServiceSpec>
> = { jaeger: jaeger1Spec, 'jaeger-2': jaeger2Spec };
