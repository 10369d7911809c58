import type { StubDriver } from '../../../examples/gpu-check/stub/compile.ts';
import { type AppFolder, type AppResult, runApp } from '../run-app.ts';

/** What every application of these tests begins with: an SDK and the instrumentation on a stub. */
const prelude = (library: string, options: string): string => `
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { GpuInstrumentation } from '@telltale/instrumentation-gpu';
class PullReader extends MetricReader { async onForceFlush() {} async onShutdown() {} }
const reader = new PullReader();
const gpu = new GpuInstrumentation({ nvmlLibrary: ${JSON.stringify(library)}, reader: 'nvml', intervalMs: 200, ${options} });
gpu.setMeterProvider(new MeterProvider({ readers: [reader] }));
const collect = async () => {
  const { resourceMetrics } = await reader.collect();
  return new Map(resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics).map((metric) => [metric.descriptor.name, metric.dataPoints]));
};
const until = async (isDone) => {
  for (;;) {
    const metrics = await collect();
    if (isDone(metrics)) return metrics;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
`;

/** Runs an application with the instrumentation, from the sources, as a real process. */
export function runGpuApp(
  folder: AppFolder,
  stub: StubDriver,
  app: {
    readonly body: string;
    readonly options?: string;
    readonly flags?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<AppResult> {
  const file = folder.write('app.mjs', prelude(stub.library, app.options ?? '') + app.body);
  return runApp({
    argv: ['--conditions=@telltale/source', ...(app.flags ?? []), file],
    cwd: folder.path,
    ...(app.env === undefined ? {} : { env: app.env }),
    sinceLine: 'ENDING',
  });
}
