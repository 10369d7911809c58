import { randomUUID } from 'node:crypto';

import { diag } from '@opentelemetry/api';

import type { DriftMonitor } from '../monitor/drift-monitor.ts';
import { BaselineCache } from './baseline-cache.ts';
import { BaselineFiles, type BaselineFilesLoad } from './baseline-files.ts';
import { FleetBaselines } from './fleet-baselines.ts';
import { FleetClient, type FleetClientOptions } from './fleet-client.ts';
import { FleetPublisher } from './fleet-publisher.ts';
import { LimitedQueue } from './limited-queue.ts';
import type { Report } from './offer.ts';

/** Requests to the fleet at one time. */
const REQUESTS_MAX = 4;
const FLEET_EVERY_MS = 10 * 60_000;
/** Instances that start together ask apart: between 75 % and 125 % of the interval. */
const JITTER = 0.5;
const HOLD_MS = 60_000;

export interface BaselineSourcesOptions {
  /**
   * `auto`: every stream learns its own. `file`: from files. `fleet`: from the alert service.
   * Streams for which a source has nothing learn their own. Default `auto`.
   */
  readonly source?: 'auto' | 'file' | 'fleet';
  /** Baseline files, and folders of them, for `file`. */
  readonly paths?: readonly string[];
  /** Contents of baseline files, as text or as parsed JSON. */
  readonly inline?: readonly unknown[];
  /** Where the alert service is; needed for `fleet` and to publish. */
  readonly fleet?: FleetClientOptions;
  /** Give the baselines that are learned here to the fleet. They hold values. Default `false`. */
  readonly publish?: boolean;
  /** Names this process in the fleet, such as its `service.instance.id`. Default a random one. */
  readonly instance?: string;
  /** Folder for the fleet's last baselines; without one none is kept. */
  readonly cacheFolder?: string;
  /** Where one line about what cannot be used goes. Default a warning of OpenTelemetry's `diag`. */
  readonly report?: Report;
}

export interface BaselineSources {
  /** Reads files again and asks the fleet again. Resolves when that is over; never rejects. Holds the process as long. */
  reload(): Promise<BaselineFilesLoad>;
  stop(): void;
}

/**
 * Gives the streams of a monitor baselines from elsewhere, from now on. Nothing here blocks an
 * observation: a stream learns its own baseline until another arrives.
 */
export function useBaselineSources(
  monitor: DriftMonitor,
  options: BaselineSourcesOptions = {},
): BaselineSources {
  const { source = 'auto' } = options;
  const report = harmless(options.report ?? ((_, message) => diag.warn(message)));
  const isFile = source === 'file';
  const files = isFile ? new BaselineFiles(monitor, { ...options, report }) : undefined;
  const fleet = useFleet(monitor, { ...options, source, report });
  void files?.load();
  return {
    reload: async () => {
      // Requests hold no process, but a caller that waits for them wants to see their end.
      const hold = setInterval(() => undefined, HOLD_MS);
      try {
        const [load] = await Promise.all([files?.load(), fleet?.refresh()]);
        return load ?? { loaded: 0, refused: 0 };
      } finally {
        clearInterval(hold);
      }
    },
    stop: () => {
      files?.stop();
      fleet?.stop();
    },
  };
}

/** A listener may fail; streams go on. */
function harmless(report: Report): Report {
  return (kind, message) => {
    try {
      report(kind, message);
    } catch {
      // There is no other place to report this.
    }
  };
}

interface Fleet {
  refresh(): Promise<void>;
  stop(): void;
}

function useFleet(
  monitor: DriftMonitor,
  options: BaselineSourcesOptions & { readonly report: Report },
): Fleet | undefined {
  const { fleet, source, publish = false, report, cacheFolder } = options;
  const { instance = randomUUID() } = options;
  if (source !== 'fleet' && !publish) return undefined;
  if (fleet === undefined) {
    report('fleet', 'Cannot share baselines without the address of the alert service');
    return undefined;
  }
  const client = new FleetClient(fleet);
  const queue = new LimitedQueue(REQUESTS_MAX);
  const parts = { client, queue, report };
  const cache = new BaselineCache(cacheFolder);
  const baselines =
    source === 'fleet' ? new FleetBaselines(monitor, { ...parts, cache }) : undefined;
  const publisher = publish ? new FleetPublisher(monitor, { ...parts, instance }) : undefined;
  const again = (): void => {
    baselines?.ask();
    publisher?.retry();
  };
  const stopTimer = repeat(again, FLEET_EVERY_MS);
  return {
    refresh: () => {
      again();
      return queue.drained();
    },
    stop: () => {
      stopTimer();
      baselines?.stop();
      publisher?.stop();
      queue.clear();
      client.stop();
    },
  };
}

/** Calls again and again at about this interval, without holding the process. */
function repeat(task: () => void, everyMs: number): () => void {
  let timer: NodeJS.Timeout;
  const plan = (): void => {
    timer = setTimeout(
      () => {
        task();
        plan();
      },
      everyMs * (1 - JITTER / 2 + JITTER * Math.random()),
    );
    timer.unref();
  };
  plan();
  return () => clearTimeout(timer);
}
