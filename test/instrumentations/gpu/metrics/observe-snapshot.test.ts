import type { Attributes } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';

import { GPU_METRICS, type MetricRow } from '@telltale/core';

import { SnapshotObserver } from '../../../../instrumentations/gpu/src/metrics/observe-snapshot.ts';
import type {
  GpuReading,
  Snapshot,
} from '../../../../instrumentations/gpu/src/snapshot/reading.ts';

const SECOND = 1e6;

const FULL: GpuReading = {
  identity: { id: 'GPU-1', name: 'gpu0', vendor: 'NVIDIA', index: 0, model: 'NVIDIA H200' },
  state: 'degraded',
  utilization: { general: 0.5, encoder: 0, decoder: 0.25 },
  memory: { limitBytes: 100, usedBytes: 40, reservedBytes: 1 },
  controllerUtilization: 0.07,
  powerWatts: 300,
  powerLimitWatts: 700,
  energyJoules: 12.5,
  temperatures: { gpu: 52, memory: 40 },
  temperatureLimits: [{ location: 'gpu', type: 'high.degraded', celsius: 92 }],
  temperatureMargin: 35,
  fanRatio: 0.3,
  fanRpm: 1200,
  clocksHz: { sm: 1.98e9 },
  performanceState: 2,
  throttleSeconds: { sw_power_cap: 2 },
  throttleActive: { sw_power_cap: true, hw_slowdown: false },
  pcieBytes: { transmit: 5, receive: 7 },
  nvlinkBytes: { transmit: 10 },
  pcieLink: { generation: 5, width: 16 },
  errors: { corrected: 1, 'xid.79': 0 },
  remappedRows: { corrected: 2, uncorrected: 3 },
  recoveryAction: 0,
  profiling: { graphics: 0.9, sm: 0.8, occupancy: 0.4, tensor: 0.6, memoryBandwidth: 0.3 },
  processCount: 2,
  processes: [{ pid: 7, memoryBytes: 20, utilization: { general: 0.4 } }],
};

const snapshotOf = (gpus: readonly GpuReading[]): Snapshot => ({
  takenAtUs: 10 * SECOND,
  cycles: [{ reader: 'nvml', seconds: 0.001 }],
  gpus,
  events: [],
  notes: [],
  implausible: 0,
});

type Point = readonly [name: string, value: number, attributes: Attributes];

function observe(snapshot: Snapshot, nowUs: number, hasPids = false): readonly Point[] {
  const points: Point[] = [];
  const report = (row: MetricRow, value: number | undefined, attributes: Attributes): void => {
    if (value !== undefined) points.push([row.name, value, { ...attributes }]);
  };
  new SnapshotObserver().observe(snapshot, report, { nowUs, intervalMs: 1_000, hasPids });
  return points;
}

const GPU = { 'hw.id': 'GPU-1', 'hw.name': 'gpu0' };
const TYPED = { ...GPU, 'hw.type': 'gpu' };

describe('SnapshotObserver', () => {
  test('reports every value under its name', () => {
    expect(observe(snapshotOf([FULL]), 10.5 * SECOND)).toEqual([
      ['ml.gpu.snapshot.age', 0.5, {}],
      [
        'ml.gpu.info',
        1,
        { ...GPU, 'hw.model': 'NVIDIA H200', 'hw.vendor': 'NVIDIA', 'ml.gpu.index': 0 },
      ],
      ['hw.status', 0, { ...TYPED, 'hw.state': 'ok' }],
      ['hw.status', 1, { ...TYPED, 'hw.state': 'degraded' }],
      ['hw.status', 0, { ...TYPED, 'hw.state': 'failed' }],
      ['hw.status', 0, { ...TYPED, 'hw.state': 'predicted_failure' }],
      ['hw.gpu.memory.limit', 100, GPU],
      ['hw.gpu.memory.usage', 40, GPU],
      ['ml.gpu.memory.reserved', 1, GPU],
      ['hw.gpu.memory.utilization', 0.4, GPU],
      ['ml.gpu.memory.controller.utilization', 0.07, GPU],
      ['hw.power', 300, TYPED],
      ['hw.energy', 12.5, TYPED],
      ['ml.gpu.power.limit', 700, GPU],
      ['ml.gpu.performance_state', 2, GPU],
      ['hw.fan.speed_ratio', 0.3, GPU],
      ['hw.fan.speed', 1200, GPU],
      ['ml.gpu.temperature.margin', 35, GPU],
      ['ml.gpu.pcie.link.generation', 5, GPU],
      ['ml.gpu.pcie.link.width', 16, GPU],
      ['ml.gpu.recovery_action', 0, GPU],
      ['ml.gpu.graphics.utilization', 0.9, GPU],
      ['ml.gpu.sm.utilization', 0.8, GPU],
      ['ml.gpu.sm.occupancy', 0.4, GPU],
      ['ml.gpu.tensor.utilization', 0.6, GPU],
      ['ml.gpu.memory.bandwidth.utilization', 0.3, GPU],
      ['hw.gpu.utilization', 0.5, { ...GPU, 'hw.gpu.task': 'general' }],
      ['hw.gpu.utilization', 0, { ...GPU, 'hw.gpu.task': 'encoder' }],
      ['hw.gpu.utilization', 0.25, { ...GPU, 'hw.gpu.task': 'decoder' }],
      ['hw.temperature', 52, { ...GPU, 'hw.sensor_location': 'gpu' }],
      ['hw.temperature', 40, { ...GPU, 'hw.sensor_location': 'memory' }],
      ['ml.gpu.clock', 1.98e9, { ...GPU, 'ml.gpu.clock.domain': 'sm' }],
      ['ml.gpu.throttle.time', 2, { ...GPU, 'ml.gpu.throttle.reason': 'sw_power_cap' }],
      ['ml.gpu.throttle.active', 1, { ...GPU, 'ml.gpu.throttle.reason': 'sw_power_cap' }],
      ['ml.gpu.throttle.active', 0, { ...GPU, 'ml.gpu.throttle.reason': 'hw_slowdown' }],
      ['ml.gpu.pcie.io', 5, { ...GPU, 'network.io.direction': 'transmit' }],
      ['ml.gpu.pcie.io', 7, { ...GPU, 'network.io.direction': 'receive' }],
      ['ml.gpu.nvlink.io', 10, { ...GPU, 'network.io.direction': 'transmit' }],
      ['hw.gpu.io', 15, { ...GPU, 'network.io.direction': 'transmit' }],
      ['hw.gpu.io', 7, { ...GPU, 'network.io.direction': 'receive' }],
      ['hw.errors', 1, { ...TYPED, 'error.type': 'corrected' }],
      ['hw.errors', 0, { ...TYPED, 'error.type': 'xid.79' }],
      ['ml.gpu.remapped_row.count', 2, { ...GPU, 'ml.gpu.remap.cause': 'corrected' }],
      ['ml.gpu.remapped_row.count', 3, { ...GPU, 'ml.gpu.remap.cause': 'uncorrected' }],
      [
        'hw.temperature.limit',
        92,
        { ...GPU, 'hw.sensor_location': 'gpu', 'hw.limit_type': 'high.degraded' },
      ],
      ['ml.gpu.process.count', 2, GPU],
      ['ml.gpu.process.memory.usage', 20, GPU],
      ['ml.gpu.process.utilization', 0.4, { ...GPU, 'hw.gpu.task': 'general' }],
    ]);
  });

  test('covers every observable row of the registry', () => {
    const reported = new Set(observe(snapshotOf([FULL]), 10 * SECOND).map(([name]) => name));
    const rows = GPU_METRICS.filter(({ isObservable }) => isObservable);
    expect(rows.map(({ name }) => name).filter((name) => !reported.has(name))).toEqual([]);
  });

  test('pids stand only where all processes are told of', () => {
    const memory = observe(snapshotOf([FULL]), 10 * SECOND, true).find(
      ([name]) => name === 'ml.gpu.process.memory.usage',
    );
    expect(memory).toEqual(['ml.gpu.process.memory.usage', 20, { ...GPU, 'process.pid': 7 }]);
  });

  test('an old snapshot tells its age and that the devices are degraded, and no value', () => {
    const points = observe(snapshotOf([FULL]), 13.5 * SECOND);
    expect(points).toEqual([
      ['ml.gpu.snapshot.age', 3.5, {}],
      ['hw.status', 0, { ...TYPED, 'hw.state': 'ok' }],
      ['hw.status', 1, { ...TYPED, 'hw.state': 'degraded' }],
      ['hw.status', 0, { ...TYPED, 'hw.state': 'failed' }],
      ['hw.status', 0, { ...TYPED, 'hw.state': 'predicted_failure' }],
    ]);
  });

  test('a bare device reports its state and nothing invented', () => {
    const bare: GpuReading = {
      identity: { id: 'GPU-1', name: 'gpu0', vendor: 'NVIDIA', index: 0 },
      state: 'failed',
    };
    const names = observe(snapshotOf([bare]), 10 * SECOND).map(([name]) => name);
    expect([...new Set(names)]).toEqual(['ml.gpu.snapshot.age', 'ml.gpu.info', 'hw.status']);
  });
});
