import { describe, expect, test } from 'vitest';

import { deviceLines } from '../../../../examples/gpu-check/stub/devices.ts';
import type { GpuReading } from '../../../../instrumentations/gpu/src/snapshot/reading.ts';
import { canCompile, readerOf, rewrite, useStubs } from '../../../support/gpu/stub-reader.ts';

const stubOf = useStubs();
const SECOND = 1e6;
const only = (gpus: readonly GpuReading[]): GpuReading => {
  expect(gpus).toHaveLength(1);
  return gpus[0] as GpuReading;
};

const RESETS = Object.fromEntries(
  [48, 62, 64, 74, 79, 95, 119, 120].map((code) => [`xid.${code}`, 0]),
);

describe.skipIf(!canCompile)('NvmlReader', () => {
  test('limits are read once a minute, all else in every cycle', () => {
    const stub = stubOf(deviceLines(0));
    const reader = readerOf(stub);
    const at = (nowUs: number): unknown => {
      const { powerLimitWatts, temperatureLimits, powerWatts } = only(reader.read(nowUs).gpus);
      return { powerLimitWatts, degraded: temperatureLimits?.[0]?.celsius, powerWatts };
    };
    const before = { powerLimitWatts: 700, degraded: 92, powerWatts: 627.4 };
    expect(at(SECOND)).toEqual(before);
    rewrite(
      stub,
      deviceLines(0, { values: { power_limit: 500_000, threshold1: 80, power: 1_000 } }),
    );
    expect(at(60 * SECOND)).toEqual({ ...before, powerWatts: 1 });
    expect(at(61 * SECOND)).toEqual({ powerLimitWatts: 500, degraded: 80, powerWatts: 1 });
  });

  test('the limits of a device that is lost are absent', () => {
    const stub = stubOf([...deviceLines(0), ...deviceLines(1)]);
    const reader = readerOf(stub);
    expect(reader.read(SECOND).gpus[0]).toHaveProperty('powerLimitWatts', 700);
    rewrite(stub, [...deviceLines(0), 'rc nvmlDeviceGetUtilizationRates 0 15', ...deviceLines(1)]);
    const { gpus } = reader.read(2 * SECOND);
    expect(gpus[0]).toMatchObject({ state: 'failed' });
    expect(gpus[0]).not.toHaveProperty('powerLimitWatts');
    expect(gpus[1]).toHaveProperty('powerLimitWatts', 700);
  });

  test('reads every value of a device', () => {
    const stub = stubOf([
      ...deviceLines(0, { values: { fan: 30, reasons: 0x4 } }),
      `proc 0 ${process.pid} 2690646016`,
      'proc 0 1 0',
      `sample 0 ${process.pid} 100 80 10 0`,
      `sample 0 ${process.pid} 200 60 20 0`,
    ]);
    const reader = readerOf(stub);
    reader.read(SECOND);
    const collection = reader.read(2 * SECOND);
    expect(collection).toEqual({
      gpus: [
        {
          identity: {
            id: 'GPU-00000000-0000-0000-0000-000000000000',
            name: 'gpu0',
            vendor: 'NVIDIA',
            index: 0,
            model: 'NVIDIA H200',
            serial: '1650000000000',
            firmwareVersion: '96.00.A5.00.03',
            busId: '00000000:80:00.0',
            driverVersion: '590.48.01',
            cudaVersion: '13.1',
          },
          state: 'ok',
          utilization: { general: 1, encoder: 0, decoder: 0 },
          controllerUtilization: 0.07,
          performanceState: 0,
          clocksHz: { graphics: 1.98e9, sm: 1.98e9, memory: 3.201e9, video: 1.545e9 },
          memory: {
            limitBytes: 150_754_820_096,
            usedBytes: 33_934_016_512,
            reservedBytes: 643_825_664,
          },
          powerWatts: 627.4,
          powerLimitWatts: 700,
          energyJoules: 1_000,
          fanRatio: 0.3,
          temperatureMargin: 35,
          temperatureLimits: [
            { location: 'gpu', type: 'high.degraded', celsius: 92 },
            { location: 'gpu', type: 'high.critical', celsius: 95 },
            { location: 'memory', type: 'high.degraded', celsius: 95 },
          ],
          temperatures: { gpu: 52, memory: 40 },
          throttleSeconds: {
            sw_power_cap: 2,
            sync_boost: 0,
            sw_thermal: 0,
            hw_thermal: 0,
            hw_power_brake: 0,
          },
          throttleActive: {
            sw_power_cap: true,
            sync_boost: false,
            sw_thermal: false,
            hw_thermal: false,
            hw_power_brake: false,
            hw_slowdown: false,
          },
          pcieBytes: { transmit: 5_000_000, receive: 7_000_000 },
          nvlinkBytes: { transmit: 1_048_576, receive: 2_097_152 },
          pcieLink: { generation: 5, width: 16 },
          remappedRows: { corrected: 0, uncorrected: 0 },
          recoveryAction: 0,
          errors: { corrected: 0, uncorrected: 0, pcie_replay: 3, ...RESETS },
          profiling: {
            graphics: 0.98,
            sm: 0.815,
            occupancy: 0.4,
            tensor: 0.6225,
            memoryBandwidth: 0.31,
          },
          processCount: 2,
          // Both samples came in the cycle before; since then the process kept nothing busy.
          processes: [
            { pid: process.pid, memoryBytes: 2_690_646_016, utilization: { general: 0 } },
          ],
        },
      ],
      events: [],
      notes: [
        // Nothing was refused.
      ],
      implausible: 0,
    });
    reader.close();
  });

  test('tells the mean of the own samples since the last cycle', () => {
    const stub = stubOf([
      ...deviceLines(0),
      `proc 0 ${process.pid} 5`,
      `sample 0 ${process.pid} 100 80 10 2`,
      `sample 0 ${process.pid} 200 60 20 4`,
      'sample 0 1 200 99 99 99',
    ]);
    const reader = readerOf(stub);
    expect(only(reader.read(SECOND).gpus).processes).toEqual([
      {
        pid: process.pid,
        memoryBytes: 5,
        utilization: { general: 0.7, encoder: 0.15, decoder: 0.03 },
      },
    ]);
    reader.close();
  });

  test('what a device does not have is absent, and is not asked for again', () => {
    const stub = stubOf(
      deviceLines(0, {
        values: { util_gpu: undefined, encoder: undefined, energy: undefined, fan: undefined },
        fields: { 138: undefined, 139: undefined, 230: undefined },
      }),
    );
    const reader = readerOf(stub);
    const first = only(reader.read(SECOND).gpus);
    expect([first.energyJoules, first.nvlinkBytes, first.recoveryAction]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(first.utilization).toEqual({ decoder: 0 });
    expect('energyJoules' in first).toBe(false);
    // The device has energy now, but was asked once too often already.
    rewrite(stub, deviceLines(0));
    const second = only(reader.read(2 * SECOND).gpus);
    expect(second.energyJoules).toBe(undefined);
    reader.close();
  });

  test.for([
    { code: 4, name: 'no permission' },
    { code: 17, name: 'blocked by the operating system' },
  ])('$name drops the metric, with one warning that names it', ({ code }) => {
    const stub = stubOf([...deviceLines(0), `rc nvmlDeviceGetPowerUsage 0 ${code}`]);
    const reader = readerOf(stub);
    const first = reader.read(SECOND);
    expect(first.notes.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
        text: 'The GPU driver does not allow: nvmlDeviceGetPowerUsage (gpu0): these metrics are absent',
      },
    ]);
    expect(only(first.gpus).powerWatts).toBe(undefined);
    expect(reader.read(2 * SECOND).notes).toEqual([]);
    reader.close();
  });

  test('a device that is lost or must be reset has failed; the others go on', () => {
    for (const code of [15, 16]) {
      const stub = stubOf([...deviceLines(0), ...deviceLines(1)]);
      const reader = readerOf(stub);
      reader.read(SECOND);
      rewrite(stub, [...deviceLines(0), ...deviceLines(1), `rc * 1 ${code}`]);
      const { gpus, errorType } = reader.read(2 * SECOND);
      expect(gpus.map(({ identity, state }) => [identity.name, state])).toEqual([
        ['gpu0', 'ok'],
        ['gpu1', 'failed'],
      ]);
      expect(gpus[1]?.powerWatts).toBe(undefined);
      expect(errorType).toBe(undefined);
      // It comes back.
      rewrite(stub, [...deviceLines(0), ...deviceLines(1)]);
      expect(reader.read(3 * SECOND).gpus.map(({ state }) => state)).toEqual(['ok', 'ok']);
      reader.close();
    }
  });

  test('when all devices are lost the driver is started again after a minute', () => {
    const stub = stubOf(deviceLines(0));
    const reader = readerOf(stub);
    reader.read(SECOND);
    rewrite(stub, [...deviceLines(0), 'rc * -1 15']);
    expect(reader.read(2 * SECOND)).toMatchObject({
      errorType: 'gpu_lost',
      gpus: [{ state: 'failed' }],
    });
    const during = reader.read(30 * SECOND);
    expect(during.gpus.map(({ state }) => state)).toEqual(['failed']);
    rewrite(stub, deviceLines(0));
    expect(reader.read(63 * SECOND)).toMatchObject({ gpus: [{ state: 'ok', powerWatts: 627.4 }] });
    reader.close();
  });

  test.for([
    { code: 9, errorType: 'driver_not_loaded' },
    { code: 18, errorType: 'library_driver_mismatch' },
    { code: 12, errorType: 'library_not_found' },
    { code: 999, errorType: 'nvml_999' },
  ])('$errorType: one warning, another try each minute, then values', ({ code, errorType }) => {
    const stub = stubOf([`init ${code}`, ...deviceLines(0)]);
    const reader = readerOf(stub);
    const first = reader.read(SECOND);
    expect(first).toMatchObject({ gpus: [], errorType });
    expect(first.notes.map(({ level }) => level)).toEqual(['warn']);
    rewrite(stub, deviceLines(0));
    const early = reader.read(2 * SECOND);
    expect([early.gpus.length, early.notes.length]).toEqual([0, 0]);
    expect(reader.read(62 * SECOND).gpus).toHaveLength(1);
    reader.close();
  });

  test('a driver that is upgraded underneath is started again', () => {
    const stub = stubOf(deviceLines(0));
    const reader = readerOf(stub);
    reader.read(SECOND);
    rewrite(stub, [...deviceLines(0), 'rc nvmlDeviceGetMemoryInfo_v2 0 18']);
    expect(reader.read(2 * SECOND)).toMatchObject({
      gpus: [],
      errorType: 'library_driver_mismatch',
    });
    rewrite(stub, deviceLines(0));
    expect(reader.read(63 * SECOND).gpus).toHaveLength(1);
    reader.close();
  });

  test('an uninitialised driver is started in the next cycle', () => {
    const stub = stubOf(deviceLines(0));
    const reader = readerOf(stub);
    reader.read(SECOND);
    rewrite(stub, [...deviceLines(0), 'rc nvmlDeviceGetUtilizationRates 0 1']);
    expect(reader.read(2 * SECOND).errorType).toBe('uninitialized');
    rewrite(stub, deviceLines(0));
    expect(reader.read(3 * SECOND).gpus).toHaveLength(1);
    reader.close();
  });

  test('no device at all is a failed collection, not an idle host', () => {
    const reader = readerOf(stubOf([]));
    expect(reader.read(SECOND)).toMatchObject({ gpus: [], errorType: 'no_devices' });
  });

  test('a list of processes that grows is read with more room', () => {
    const many = Array.from({ length: 100 }, (_, index) => `proc 0 ${100_000 + index} 1024`);
    const reader = readerOf(stubOf([...deviceLines(0), ...many]), { processes: 'all' });
    const { processes, processCount } = only(reader.read(SECOND).gpus);
    expect(processCount).toBe(100);
    expect(processes?.[99]).toEqual({
      pid: 100_099,
      memoryBytes: 1024,
      utilization: { general: 0 },
    });
    reader.close();
  });

  test('a container that sees only pids of the host tells of no process', () => {
    const reader = readerOf(stubOf([...deviceLines(0), 'proc 0 1 1024']));
    const { processes, processCount } = only(reader.read(SECOND).gpus);
    expect([processes, processCount]).toEqual([[], 1]);
    reader.close();
  });

  test.for([
    { without: ['MEMORY_V2'], name: 'memory counts the reserve as used' },
    { without: ['TEMPERATURE_V', 'EVENT_REASONS', 'GPM'], name: 'older functions are asked' },
  ])('a driver without $without: $name', ({ without }) => {
    const reader = readerOf(stubOf(deviceLines(0, { values: { reasons: 0x40 } }), without));
    reader.read(SECOND);
    const gpu = only(reader.read(2 * SECOND).gpus);
    const isOldMemory = without.includes('MEMORY_V2');
    expect(gpu.memory).toEqual(
      isOldMemory
        ? { limitBytes: 150_754_820_096, usedBytes: 34_577_842_176 }
        : { limitBytes: 150_754_820_096, usedBytes: 33_934_016_512, reservedBytes: 643_825_664 },
    );
    expect(gpu.temperatures?.gpu).toBe(52);
    expect(gpu.throttleActive?.hw_thermal).toBe(true);
    expect(gpu.state).toBe('degraded');
    expect(gpu.profiling === undefined).toBe(without.includes('GPM'));
    reader.close();
  });

  test('an older struct version is answered with the older function', () => {
    const lines = [...deviceLines(0), 'rc nvmlDeviceGetMemoryInfo_v2 0 25'];
    const reader = readerOf(stubOf(lines));
    expect(only(reader.read(SECOND).gpus).memory?.usedBytes).toBe(34_577_842_176);
    reader.close();
  });

  test('without the function for UUIDs the reader is unusable', () => {
    expect(() => readerOf(stubOf(deviceLines(0), ['UUID']))).toThrow(
      'NVML has no nvmlDeviceGetUUID',
    );
  });

  test('values that cannot be true are dropped and counted', () => {
    const reader = readerOf(
      stubOf(
        deviceLines(0, {
          values: {
            power: 12_000_000,
            temperature: 250,
            mem_used: 999_999_999_999,
            util_gpu: 140,
          },
        }),
      ),
    );
    const { gpus, implausible } = reader.read(SECOND);
    const gpu = only(gpus);
    expect([gpu.powerWatts, gpu.temperatures?.gpu, gpu.memory?.usedBytes]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(gpu.utilization?.general).toBe(1);
    expect(implausible).toBe(3);
    reader.close();
  });

  test('only the wanted devices are read', () => {
    const lines = [...deviceLines(0), ...deviceLines(1), ...deviceLines(2)];
    const devices = ['2', 'GPU-00000000-0000-0000-0000-000000000001'];
    const reader = readerOf(stubOf(lines), { devices });
    expect(reader.read(SECOND).gpus.map(({ identity }) => identity.name)).toEqual(['gpu1', 'gpu2']);
    reader.close();
  });

  test('two readers of one library do not disturb each other', () => {
    const stub = stubOf(deviceLines(0));
    const one = readerOf(stub);
    const other = readerOf(stub);
    one.read(SECOND);
    other.read(SECOND);
    expect(one.read(2 * SECOND).gpus).toHaveLength(1);
    // The stub aborts when samples or sets outlive the driver.
    one.close();
    expect(other.read(2 * SECOND).gpus).toHaveLength(1);
    other.close();
  });
});

describe.skipIf(!canCompile)('counters over a reload', () => {
  test('energy and traffic never fall', () => {
    const stub = stubOf(
      deviceLines(0, { values: { energy: 5_000 }, fields: { 197: 4_294_967_000 } }),
    );
    const reader = readerOf(stub);
    reader.read(SECOND);
    // The driver was loaded again; the 32 bits of the traffic wrapped.
    rewrite(stub, deviceLines(0, { values: { energy: 1_000 }, fields: { 197: 704 } }));
    const { energyJoules, pcieBytes } = only(reader.read(2 * SECOND).gpus);
    expect(energyJoules).toBe(6);
    expect(pcieBytes?.transmit).toBe(4_294_968_000);
    reader.close();
  });
});

describe.skipIf(!canCompile)('events and state', () => {
  test('an XID is told once, counted, and a reset code predicts failure', () => {
    const stub = stubOf(deviceLines(0));
    const reader = readerOf(stub);
    reader.read(SECOND);
    rewrite(stub, [...deviceLines(0), 'xid 0 48', 'xid 0 13', 'xid 0 300']);
    const { events, gpus } = reader.read(2 * SECOND);
    const id = 'GPU-00000000-0000-0000-0000-000000000000';
    expect(events).toEqual([
      { id, name: 'gpu0', code: 48 },
      { id, name: 'gpu0', code: 13 },
      { id, name: 'gpu0', code: 300 },
    ]);
    expect(only(gpus)).toMatchObject({
      state: 'predicted_failure',
      errors: { 'xid.48': 1, 'xid.13': 1, 'xid.other': 1, 'xid.79': 0 },
    });
    expect(reader.read(3 * SECOND).events).toEqual([]);
    // Five minutes later it is over.
    expect(only(reader.read(303 * SECOND).gpus).state).toBe('ok');
    reader.close();
  });

  test('a device without events leaves the others theirs', () => {
    const stub = stubOf([
      ...deviceLines(0, { values: { event_types: undefined } }),
      ...deviceLines(1),
    ]);
    const reader = readerOf(stub);
    reader.read(SECOND);
    rewrite(stub, [...deviceLines(0), ...deviceLines(1), 'xid 1 79']);
    const { gpus } = reader.read(2 * SECOND);
    expect(gpus.map(({ state }) => state)).toEqual(['ok', 'failed']);
    reader.close();
  });

  test.for([
    { name: 'recovery by reset', device: { fields: { 230: 1 } }, state: 'failed' },
    { name: 'recovery of peers', device: { fields: { 230: 3 } }, state: 'predicted_failure' },
    { name: 'a remap that failed', device: { fields: { 145: 1 } }, state: 'predicted_failure' },
    { name: 'a remap that waits', device: { fields: { 144: 1 } }, state: 'degraded' },
    { name: 'a power brake', device: { values: { reasons: 0x80 } }, state: 'degraded' },
    { name: 'a power cap', device: { values: { reasons: 0x4 } }, state: 'ok' },
  ] as const)('$name means $state', ({ device, state }) => {
    const reader = readerOf(stubOf(deviceLines(0, device)));
    expect(only(reader.read(SECOND).gpus).state).toBe(state);
    reader.close();
  });

  test('uncorrected errors that grow degrade the device for that cycle', () => {
    const stub = stubOf(deviceLines(0, { values: { ecc_uncorrected: 1 } }));
    const reader = readerOf(stub);
    expect(only(reader.read(SECOND).gpus).state).toBe('ok');
    rewrite(stub, deviceLines(0, { values: { ecc_uncorrected: 2 } }));
    expect(only(reader.read(2 * SECOND).gpus).state).toBe('degraded');
    expect(only(reader.read(3 * SECOND).gpus).state).toBe('ok');
    reader.close();
  });
});

describe.skipIf(!canCompile)('MIG', () => {
  const divided = deviceLines(0, {
    values: {
      mig_mode: 1,
      mig_max: 7,
      util_gpu: undefined,
      encoder: undefined,
      decoder: undefined,
    },
    gpm: {},
  });
  const instances = [
    'mig 0 0 2 0 75000000000 1000 MIG-a NVIDIA H200 MIG 1c.3g.71gb',
    'mig 0 1 2 1 75000000000 1000 MIG-b NVIDIA H200 MIG 2c.3g.71gb',
    'mig 0 4 9 0 18000000000 2000 MIG-c NVIDIA H200 MIG 1g.18gb',
    'gpm 0 9 2 50',
    'gpm 0 2 2 25',
  ];

  test('lists instances, with memory and profiling once a GPU instance', () => {
    const reader = readerOf(stubOf([...divided, ...instances]), { processes: 'none' });
    reader.read(SECOND);
    const { gpus } = reader.read(2.5 * SECOND);
    expect(
      gpus.map(({ identity, memory, profiling, utilization }) => [
        identity.name,
        identity.parent,
        identity.mig,
        memory?.usedBytes,
        profiling,
        utilization,
      ]),
    ).toEqual([
      ['gpu0', undefined, undefined, 33_934_016_512, undefined, undefined],
      [
        'gpu0/2/0',
        'GPU-00000000-0000-0000-0000-000000000000',
        { profile: '1c.3g.71gb', gpuInstance: 2, computeInstance: 0 },
        1000,
        { sm: 0.25 },
        undefined,
      ],
      [
        'gpu0/2/1',
        'GPU-00000000-0000-0000-0000-000000000000',
        { profile: '2c.3g.71gb', gpuInstance: 2, computeInstance: 1 },
        undefined,
        undefined,
        undefined,
      ],
      [
        'gpu0/9/0',
        'GPU-00000000-0000-0000-0000-000000000000',
        { profile: '1g.18gb', gpuInstance: 9, computeInstance: 0 },
        2000,
        { sm: 0.5 },
        undefined,
      ],
    ]);
    reader.close();
  });

  test('a change of the division is seen at its event, else within a minute', () => {
    const stub = stubOf([...divided, ...instances]);
    const reader = readerOf(stub);
    expect(reader.read(SECOND).gpus).toHaveLength(4);
    rewrite(stub, [...divided, 'mig 0 0 3 0 35000000000 5 MIG-d NVIDIA H200 MIG 2g.35gb']);
    rewrite(stub, [
      ...divided,
      'mig 0 0 3 0 35000000000 5 MIG-d NVIDIA H200 MIG 2g.35gb',
      'migchange 0',
    ]);
    expect(reader.read(2 * SECOND).gpus.map(({ identity }) => identity.id)).toEqual([
      'GPU-00000000-0000-0000-0000-000000000000',
      'MIG-d',
    ]);
    rewrite(stub, deviceLines(0));
    reader.read(3 * SECOND);
    const after = reader.read(63 * SECOND);
    expect(after.gpus).toHaveLength(1);
    // What the divided device did not have is asked for again.
    expect(after.gpus[0]?.utilization?.general).toBe(1);
    reader.close();
  });
});
