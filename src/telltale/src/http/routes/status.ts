import type { ModelStatus, RunQuantiles } from '@telltale/instrumentation-onnxruntime';

import type { ExporterStatus } from '../../export/running-exporters.ts';
import type { SelfTotal } from '../../self-metrics.ts';
import type { ProcessStatus } from '../../shared-page/shared-page.ts';
import { json } from '../message.ts';
import type { Route } from '../router.ts';

/** Everything that the status page tells; each is read when it is asked for. */
export interface StatusSources {
  readonly versions: () => Readonly<Record<string, string>>;
  readonly mode: () => string;
  readonly instrumentations: () => readonly object[];
  readonly models: () => readonly ModelStatus[];
  /** The threads of this process and the processes whose metrics are on its page. */
  readonly processes: () => Promise<readonly ProcessStatus[]>;
  readonly exporters: () => readonly ExporterStatus[];
  readonly droppedEvents: () => readonly SelfTotal[];
  readonly errors: () => readonly SelfTotal[];
  readonly exportFailures: () => readonly SelfTotal[];
  /** Names, outcomes and the like that share `_OTHER` now. */
  readonly overflowedNames: () => number;
  readonly feedback: () => { readonly evicted: number };
  readonly performance: () => readonly { readonly model: string; readonly version: string }[];
  readonly application: () => object;
}

/** `GET /monitoring/status`: what is watched, how it goes, and what Telltale could not do. */
export function statusRoute(sources: StatusSources): Route {
  return {
    method: 'GET',
    path: '/monitoring/status',
    access: 'key',
    handle: async () => json(200, await statusOf(sources)),
  };
}

async function statusOf(sources: StatusSources): Promise<object> {
  const models = sources.models();
  const feedback = sources.feedback();
  return {
    uptime_seconds: process.uptime(),
    started_at: new Date(performance.timeOrigin).toISOString(),
    pid: process.pid,
    versions: sources.versions(),
    sdk: { mode: sources.mode() },
    instrumentations: sources.instrumentations(),
    models: models.map(modelOf),
    processes: await sources.processes(),
    exporters: sources.exporters(),
    dropped: {
      events: sources.droppedEvents(),
      spans: models.reduce((sum, { spansSuppressed }) => sum + spansSuppressed, 0),
      exports: sources.exportFailures(),
      predictions_without_feedback: feedback.evicted,
      overflowed_names: sources.overflowedNames(),
    },
    errors: sources.errors(),
    feedback: { ...feedback, models: sources.performance() },
    ...sources.application(),
    process: processOf(),
  };
}

function modelOf(model: ModelStatus): object {
  return {
    name: model.name,
    version: model.version,
    sessions: model.sessions,
    active: model.active,
    runs: model.runs,
    items: model.items,
    errors: model.errors,
    latency_ms: milliseconds(model.seconds),
    queue_ms: milliseconds(model.queueSeconds),
    blocked_seconds: model.blockedSeconds,
    non_finite_values: model.nonFiniteValues,
    spans_suppressed: model.spansSuppressed,
    runs_unobserved: model.runsUnobserved,
  };
}

const milliseconds = (seconds: RunQuantiles | undefined): object | undefined =>
  seconds === undefined
    ? undefined
    : { p50: seconds.p50 * 1_000, p95: seconds.p95 * 1_000, p99: seconds.p99 * 1_000 };

function processOf(): object {
  return {
    memory: memoryOf(),
    event_loop_utilization: performance.eventLoopUtilization().utilization,
  };
}

/** `null` where the system does not tell, such as without `/proc`. */
function memoryOf(): object | null {
  try {
    const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
    return { rss, heap_used: heapUsed, heap_total: heapTotal, external };
  } catch {
    return null;
  }
}
