import { sharedState } from '@telltale/core';

/** How the exports of one signal to one address go. Times are ISO 8601. */
export interface ExporterStatus {
  readonly signal: string;
  readonly url: string;
  readonly successes: number;
  readonly failures: number;
  readonly last_success?: string;
  readonly last_failure?: { readonly at: string; readonly reason: string };
}

/** What a flush needs of an exporter that sends in the background. */
export interface RunningExporter {
  /** Resolves when nothing is on its way any more. */
  forceFlush(): Promise<void>;
  /** Gives up what is on its way. */
  abort(): void;
  status(): ExporterStatus;
}

/** Process-wide: `shutdown()` may be called in another copy of this package. */
const running = (): Set<RunningExporter> => sharedState('telltale.exporters', () => new Set());

export function addExporter(exporter: RunningExporter): void {
  running().add(exporter);
}

export function removeExporter(exporter: RunningExporter): void {
  running().delete(exporter);
}

/** The SDK's span processor does not wait for its exporter when it flushes, so this does. */
export async function drainExporters(): Promise<void> {
  await Promise.all([...running()].map((exporter) => exporter.forceFlush()));
}

/** Ends all exports, so that nothing waits for a backend that hangs. */
export function abortExporters(): void {
  for (const exporter of running()) exporter.abort();
}

/** Every exporter over HTTP as it stands now. */
export const exporterStatus = (): readonly ExporterStatus[] =>
  [...running()].map((exporter) => exporter.status());
