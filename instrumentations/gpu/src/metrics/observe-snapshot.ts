import { METRIC_GPU_SNAPSHOT_AGE } from '@telltale/core';

import type { Snapshot } from '../snapshot/reading.ts';
import { DeviceAttributes } from './device-attributes.ts';
import { observeProcesses } from './observe-processes.ts';
import { observeReading, observeState, type Report } from './observe-reading.ts';

/** Older than so many intervals, values say nothing about now. */
const FRESH_INTERVALS = 3;
const MICROSECONDS = 1e6;

/** Whether a snapshot is too old to be shown. */
export const isStale = (snapshot: Snapshot, nowUs: number, intervalMs: number): boolean =>
  nowUs - snapshot.takenAtUs > FRESH_INTERVALS * intervalMs * 1_000;

/** Reports snapshots; remembers the attributes of devices. */
export class SnapshotObserver {
  #attributes = new Map<string, DeviceAttributes>();

  /**
   * Reads the snapshot and nothing else. While a driver does not answer, values of devices are
   * absent, the devices are degraded, and the age grows.
   */
  observe(
    snapshot: Snapshot,
    report: Report,
    how: { readonly nowUs: number; readonly intervalMs: number; readonly hasPids: boolean },
  ): void {
    const { nowUs, intervalMs, hasPids } = how;
    report(METRIC_GPU_SNAPSHOT_AGE, Math.max(0, nowUs - snapshot.takenAtUs) / MICROSECONDS, {});
    const areOld = isStale(snapshot, nowUs, intervalMs);
    const attributes = new Map<string, DeviceAttributes>();
    for (const reading of snapshot.gpus) {
      const { id } = reading.identity;
      const ofDevice = this.#attributes.get(id) ?? new DeviceAttributes(reading.identity);
      attributes.set(id, ofDevice);
      if (areOld) observeState('degraded', ofDevice, report);
      else {
        observeReading(reading, ofDevice, report);
        observeProcesses(reading, ofDevice, { report, hasPids });
      }
    }
    // Devices that are gone are forgotten; one that changed its name meanwhile is made again.
    this.#attributes = attributes;
  }
}
