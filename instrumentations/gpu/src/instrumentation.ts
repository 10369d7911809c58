import type { MeterProvider } from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';

import {
  ATTR_ENERGY_ATTRIBUTION,
  ATTR_ERROR_TYPE,
  ATTR_GPU_READER,
  ATTR_GPU_XID_CODE,
  ATTR_HW_ID,
  ATTR_HW_NAME,
  ATTR_TELLTALE_EVENT_TYPE,
  ATTR_TELLTALE_REASON,
  ATTR_TELLTALE_SIGNAL,
  EVENT_GPU_XID,
} from '@telltale/core';
import { metersWithSchema, queueImmediate } from '@telltale/instrument';

import { EnergyAttribution } from './energy/energy-attribution.ts';
import { energySample } from './energy/energy-sample.ts';
import { followRuns } from './energy/inference-runs.ts';
import type { GpuWorkerListener } from './host/gpu-worker.ts';
import { searchPlaces, workerFile } from './host/own-file.ts';
import { mayHaveGpu } from './host/presence.ts';
import { samplerOptions } from './host/settings.ts';
import { type SnapshotSource, startWorkerSource } from './host/source.ts';
import { GpuInstruments } from './metrics/instruments.ts';
import type { Report } from './metrics/observe-reading.ts';
import { isStale, SnapshotObserver } from './metrics/observe-snapshot.ts';
import type { Note, Snapshot, XidEvent } from './snapshot/reading.ts';
import { isResetCode } from './snapshot/xid.ts';
import type { GpuInstrumentationConfig } from './types.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.ts';
import type { SamplerOptions } from './worker/options.ts';
import { sharedClockUs } from './worker/shared-clock.ts';

const SIGNAL = 'gpu';
const ERROR_SEVERITY = 17;

/**
 * Metrics of the GPUs of this machine, from a thread that reads them once an interval. What metrics
 * are collected from is the newest snapshot: no driver is called, no file is read, nothing is
 * spawned on the thread of the application. Silent where there is no GPU.
 */
export class GpuInstrumentation extends InstrumentationBase<GpuInstrumentationConfig> {
  // Set by methods that the base constructor calls, so no initializers here.
  declare private instruments: GpuInstruments | undefined;
  declare private observer: SnapshotObserver;
  declare private source: SnapshotSource | undefined;
  declare private newest: Snapshot | undefined;
  declare private attribution: EnergyAttribution | undefined;
  declare private unfollow: (() => void) | undefined;
  declare private hasToldStale: boolean;
  declare private isStarting: boolean;
  /** Whether there may be something to report: before that, no instrument is made. */
  declare private isReading: boolean;

  constructor(config: GpuInstrumentationConfig = {}) {
    super(PACKAGE_NAME, PACKAGE_VERSION, config);
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(metersWithSchema(provider));
  }

  protected override init(): [] {
    return [];
  }

  override enable(): void {
    super.enable();
    this.observe();
    if (this.source !== undefined || this.isStarting || this.getConfig().mode === 'sidecar') return;
    this.isStarting = true;
    // After the first turn of the loop: the application starts first.
    queueImmediate(() => this.guarded(() => this.start())).unref();
  }

  override disable(): void {
    super.disable();
    this.instruments?.detach();
    this.unfollow?.();
    this.unfollow = undefined;
    this.source?.stop();
    this.source = undefined;
    this.newest = undefined;
  }

  /** The newest snapshot, for a page or a tool; `undefined` before the first. */
  latest(): Snapshot | undefined {
    this.source?.drain();
    return this.newest;
  }

  /**
   * The base class calls this for every provider it is given, some of them twice, and before it is
   * known whether this machine has a GPU.
   */
  protected override _updateMetricInstruments(): void {
    if (this.isReading) this.createInstruments();
  }

  private createInstruments(): void {
    this.instruments?.detach();
    this.instruments = new GpuInstruments(this.meter);
    this.observe();
  }

  private observe(): void {
    if (this.isEnabled()) {
      this.instruments?.observe((report) => this.guarded(() => this.collect(report)));
    }
  }

  private start(): void {
    this.isStarting = false;
    if (!this.isEnabled() || this.source !== undefined) return;
    const config = this.getConfig();
    const places = searchPlaces();
    const options = samplerOptions(config, places);
    const isQuiet = config.presence !== 'required';
    if (isQuiet && !mayHaveGpu(options, process.platform)) {
      this._diag.debug('No GPU on this machine');
      return;
    }
    this.isReading = true;
    if (this.instruments === undefined) this.createInstruments();
    const listener = {
      onSnapshot: (snapshot: Snapshot) => this.guarded(() => this.receive(snapshot)),
      onFailure: (reason: string) => this.fail(reason),
    };
    if (config.energy === 'per_inference') this.attribute();
    if (config.mode === 'inline') {
      void this.startInline(options, listener);
      return;
    }
    const file = workerFile();
    if (file === undefined) {
      this._diag.info('Cannot watch GPUs: the file of the worker is missing, as in a bundle');
      return;
    }
    this.source = startWorkerSource(file, options, listener);
  }

  /** The readers are loaded only here: elsewhere the worker has them. */
  private async startInline(options: SamplerOptions, listener: GpuWorkerListener): Promise<void> {
    try {
      const { createInlineSource } = await import('./host/inline-source.ts');
      if (this.isEnabled()) this.source ??= createInlineSource(options, listener);
    } catch (cause) {
      this.fail(String(cause));
    }
  }

  private attribute(): void {
    this.attribution = new EnergyAttribution((joules, attribution) => {
      this.instruments?.inferenceEnergy.record(joules, {
        [ATTR_ENERGY_ATTRIBUTION.name]: attribution,
      });
    });
    this.unfollow = followRuns(this.attribution, sharedClockUs);
  }

  private receive(snapshot: Snapshot): void {
    this.newest = snapshot;
    for (const { reader, seconds, errorType } of snapshot.cycles) {
      this.instruments?.collectionDuration.record(seconds, {
        [ATTR_GPU_READER.name]: reader,
        ...(errorType === undefined ? {} : { [ATTR_ERROR_TYPE.name]: errorType }),
      });
    }
    if (snapshot.implausible > 0) this.count('implausible', snapshot.implausible);
    for (const note of snapshot.notes) this.tell(note);
    for (const event of snapshot.events) this.emit(event);
    if (snapshot.cycles.length === 0) this.tellAbsence();
    this.attribution?.sample(energySample(snapshot, process.pid));
  }

  private collect(report: Report): void {
    this.source?.drain();
    const snapshot = this.newest;
    if (snapshot === undefined || snapshot.cycles.length === 0) return;
    const { intervalMs } = samplerOptions(this.getConfig(), []);
    const nowUs = sharedClockUs();
    this.watchStale(isStale(snapshot, nowUs, intervalMs));
    this.observer ??= new SnapshotObserver();
    const hasPids = this.getConfig().processes === 'all';
    this.observer.observe(snapshot, report, { nowUs, intervalMs, hasPids });
  }

  private watchStale(areOld: boolean): void {
    if (areOld && this.hasToldStale !== true) {
      const call = this.source?.currentCall();
      const where = call === undefined ? '' : `: ${call} does not return`;
      this._diag.warn(`The GPU driver does not answer${where}: values of devices are absent`);
    }
    this.hasToldStale = areOld;
  }

  private emit({ id, name, code }: XidEvent): void {
    if (this.getConfig().wantsEvents?.('ALERT') === false) return;
    this.logger.emit({
      eventName: EVENT_GPU_XID.name,
      severityNumber: isResetCode(code) ? ERROR_SEVERITY : EVENT_GPU_XID.severityNumber,
      body: `GPU ${name} reports error ${code} (XID)`,
      attributes: {
        [ATTR_TELLTALE_EVENT_TYPE.name]: EVENT_GPU_XID.type,
        [ATTR_HW_ID.name]: id,
        [ATTR_HW_NAME.name]: name,
        [ATTR_GPU_XID_CODE.name]: code,
      },
    });
  }

  private tell({ level, text }: Note): void {
    this._diag[level](text);
  }

  private tellAbsence(): void {
    const text = 'No GPU can be read on this machine';
    if (this.getConfig().presence === 'required') this._diag.error(text);
    else this._diag.debug(text);
  }

  private fail(reason: string): void {
    this.count('worker', 1);
    this._diag.info(`The thread that watches GPUs does not run: ${reason}`);
  }

  private count(reason: string, times: number): void {
    this.instruments?.errors.add(times, {
      [ATTR_TELLTALE_SIGNAL.name]: SIGNAL,
      [ATTR_TELLTALE_REASON.name]: reason,
    });
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this._diag.debug('Failure kept from the application', cause);
    }
  }
}
