import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import type {
  BatchObservableCallback,
  BatchObservableResult,
  Meter,
  MeterProvider,
  Observable,
} from '@opentelemetry/api';
import { InstrumentationBase } from '@opentelemetry/instrumentation';

import {
  instrumentOptions,
  METRIC_CONTAINER_CPU_LIMIT,
  METRIC_CONTAINER_CPU_THROTTLE_TIME,
  METRIC_CONTAINER_CPU_TIME,
  METRIC_CONTAINER_MEMORY_AVAILABLE,
  METRIC_CONTAINER_MEMORY_USAGE,
  METRIC_CONTAINER_PRESSURE_TIME,
  METRIC_PROCESS_CONTEXT_SWITCHES,
  METRIC_PROCESS_CPU_TIME,
  METRIC_PROCESS_CPU_UTILIZATION,
  METRIC_PROCESS_DISK_IO,
  METRIC_PROCESS_MEMORY_USAGE,
  METRIC_PROCESS_MEMORY_VIRTUAL,
  METRIC_PROCESS_PAGING_FAULTS,
  METRIC_PROCESS_THREAD_COUNT,
  METRIC_PROCESS_UNIX_FILE_DESCRIPTOR_COUNT,
  METRIC_PROCESS_UPTIME,
  type MetricRow,
  PROCESS_METRICS,
} from '@telltale/core';
import { metersWithSchema } from '@telltale/instrument';

import { readCgroup } from './cgroup.ts';
import { CpuUtilization } from './cpu-utilization.ts';
import { parseProcIo, parseProcStatus } from './proc-text.ts';
import type { RuntimeInstrumentationConfig } from './types.ts';
import { PACKAGE_NAME, PACKAGE_VERSION } from './version.ts';

const MICROSECONDS = 1e6;

type Instruments = ReadonlyMap<MetricRow, Observable>;

/**
 * Metrics of the process and of its control group. Everything is read from `/proc`, `/sys/fs/cgroup`
 * and Node itself when metrics are collected, about 100 us a time; nothing is spawned.
 */
export class RuntimeInstrumentation extends InstrumentationBase<RuntimeInstrumentationConfig> {
  // Set by methods that the base constructor calls, so no initializers here.
  declare private instruments: Instruments;
  declare private registered: { meter: Meter; callback: BatchObservableCallback } | undefined;
  declare private utilization: CpuUtilization;

  constructor(config: RuntimeInstrumentationConfig = {}) {
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
  }

  override disable(): void {
    super.disable();
    this.detach();
  }

  /** The base class calls this for every provider it is given, some of them twice. */
  protected override _updateMetricInstruments(): void {
    this.detach();
    this.instruments = new Map(
      PROCESS_METRICS.map((row) => [row, createObservable(this.meter, row)]),
    );
    this.observe();
  }

  private observe(): void {
    if (this.registered !== undefined || this.instruments === undefined || !this.isEnabled())
      return;
    const callback: BatchObservableCallback = (result) => this.collect(result);
    this.meter.addBatchObservableCallback(callback, [...this.instruments.values()]);
    this.registered = { meter: this.meter, callback };
  }

  private detach(): void {
    const { registered } = this;
    if (registered === undefined) return;
    registered.meter.removeBatchObservableCallback(registered.callback, [
      ...this.instruments.values(),
    ]);
    this.registered = undefined;
  }

  private collect(result: BatchObservableResult): void {
    const report = (
      row: MetricRow,
      value: number | undefined,
      attributes: Attributes = {},
    ): void => {
      const instrument = this.instruments.get(row);
      if (instrument === undefined || value === undefined || !Number.isFinite(value)) return;
      result.observe(instrument, value, attributes);
    };
    // One part that fails must not take the others with it.
    const parts = [
      () => report(METRIC_PROCESS_MEMORY_USAGE, process.memoryUsage.rss()),
      () => this.collectNode(report),
      () => this.collectProc(report),
      () => this.collectCgroup(report),
    ];
    for (const part of parts) {
      try {
        part();
      } catch (cause) {
        this._diag.debug('Cannot read a part of the process metrics', cause);
      }
    }
  }

  private collectNode(report: Report): void {
    const cpu = process.cpuUsage();
    const usage = process.resourceUsage();
    this.utilization ??= new CpuUtilization(availableParallelism());
    const utilization = this.utilization.update(cpu, performance.now());
    for (const mode of ['user', 'system'] as const) {
      report(METRIC_PROCESS_CPU_TIME, cpu[mode] / MICROSECONDS, CPU_MODE[mode]);
      report(METRIC_PROCESS_CPU_UTILIZATION, utilization?.[mode], CPU_MODE[mode]);
    }
    report(METRIC_PROCESS_UPTIME, process.uptime());
    report(METRIC_PROCESS_CONTEXT_SWITCHES, usage.voluntaryContextSwitches, SWITCH.voluntary);
    report(METRIC_PROCESS_CONTEXT_SWITCHES, usage.involuntaryContextSwitches, SWITCH.involuntary);
    report(METRIC_PROCESS_PAGING_FAULTS, usage.majorPageFault, FAULT.major);
    report(METRIC_PROCESS_PAGING_FAULTS, usage.minorPageFault, FAULT.minor);
  }

  private collectProc(report: Report): void {
    const status = parseProcStatus(this.read('/proc/self/status') ?? '');
    const io = parseProcIo(this.read('/proc/self/io') ?? '');
    report(METRIC_PROCESS_MEMORY_VIRTUAL, status.virtualBytes);
    report(METRIC_PROCESS_THREAD_COUNT, status.threads);
    report(METRIC_PROCESS_UNIX_FILE_DESCRIPTOR_COUNT, this.countFileDescriptors());
    report(METRIC_PROCESS_DISK_IO, io.readBytes, DIRECTION.read);
    report(METRIC_PROCESS_DISK_IO, io.writtenBytes, DIRECTION.write);
  }

  private collectCgroup(report: Report): void {
    const group = readCgroup((path) => this.read(path));
    const { memoryBytes, memoryLimitBytes } = group;
    report(METRIC_CONTAINER_CPU_TIME, group.cpuSeconds);
    report(METRIC_CONTAINER_CPU_THROTTLE_TIME, group.throttledSeconds);
    report(METRIC_CONTAINER_CPU_LIMIT, group.cpuLimit);
    report(METRIC_CONTAINER_MEMORY_USAGE, memoryBytes);
    if (memoryBytes !== undefined && memoryLimitBytes !== undefined) {
      report(METRIC_CONTAINER_MEMORY_AVAILABLE, Math.max(0, memoryLimitBytes - memoryBytes));
    }
    for (const { resource, kind, seconds } of group.pressures) {
      report(METRIC_CONTAINER_PRESSURE_TIME, seconds, {
        'ml.container.resource': resource,
        'ml.container.pressure.kind': kind,
      });
    }
  }

  private countFileDescriptors(): number | undefined {
    try {
      // Listing opens one itself.
      return readdirSync(`${this.getConfig().root ?? ''}/proc/self/fd`).length - 1;
    } catch {
      return undefined;
    }
  }

  private read(path: string): string | undefined {
    try {
      return readFileSync(`${this.getConfig().root ?? ''}${path}`, 'utf8');
    } catch {
      return undefined;
    }
  }
}

type Attributes = Readonly<Record<string, string>>;
type Report = (row: MetricRow, value: number | undefined, attributes?: Attributes) => void;

// Attribute objects are kept by the SDK, so they are made once.
const CPU_MODE = { user: { 'cpu.mode': 'user' }, system: { 'cpu.mode': 'system' } } as const;
const DIRECTION = {
  read: { 'disk.io.direction': 'read' },
  write: { 'disk.io.direction': 'write' },
} as const;
const SWITCH = {
  voluntary: { 'process.context_switch.type': 'voluntary' },
  involuntary: { 'process.context_switch.type': 'involuntary' },
} as const;
const FAULT = {
  major: { 'system.paging.fault.type': 'major' },
  minor: { 'system.paging.fault.type': 'minor' },
} as const;

function createObservable(meter: Meter, row: MetricRow): Observable {
  const options = instrumentOptions(row);
  if (row.instrument === 'counter') return meter.createObservableCounter(row.name, options);
  if (row.instrument === 'gauge') return meter.createObservableGauge(row.name, options);
  return meter.createObservableUpDownCounter(row.name, options);
}
