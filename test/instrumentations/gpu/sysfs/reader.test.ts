import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { hasCards, SysfsReader } from '../../../../instrumentations/gpu/src/sysfs/reader.ts';
import { openTree } from '../../../../instrumentations/gpu/src/sysfs/tree.ts';
import { writeTree } from '../../../support/gpu/fake-tree.ts';
import { useOwnTemporaryFolder } from '../../../support/own-temporary-folder.ts';

const folder = useOwnTemporaryFolder();
const SECOND = 1e6;
const AMD = 'sys/class/drm/card0/device';
const HWMON = `${AMD}/hwmon/hwmon3`;

const AMD_FILES: Readonly<Record<string, string>> = {
  'sys/class/drm/card0-HDMI-A-1/status': 'connected\n',
  'sys/class/drm/renderD128/dev': '226:128\n',
  [`${AMD}/driver`]: '->../../../bus/pci/drivers/amdgpu',
  [`${AMD}/uevent`]: 'DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0\n',
  [`${AMD}/product_name`]: 'AMD Instinct MI300X\n',
  [`${AMD}/unique_id`]: '43cfeecf3446fbf7\n',
  [`${AMD}/gpu_busy_percent`]: '37\n',
  [`${AMD}/mem_busy_percent`]: '11\n',
  [`${AMD}/mem_info_vram_total`]: '205520896000\n',
  [`${AMD}/mem_info_vram_used`]: '51380224000\n',
  [`${AMD}/ras/umc_err_count`]: 'ue: 1\nce: 5\n',
  [`${AMD}/ras/gfx_err_count`]: 'ue: 0\nce: 2\n',
  [`${HWMON}/temp1_input`]: '41000\n',
  [`${HWMON}/temp1_label`]: 'edge\n',
  [`${HWMON}/temp2_input`]: '55000\n',
  [`${HWMON}/temp2_label`]: 'junction\n',
  [`${HWMON}/temp3_input`]: '48000\n',
  [`${HWMON}/temp3_label`]: 'mem\n',
  [`${HWMON}/power1_average`]: '150000000\n',
  [`${HWMON}/power1_cap`]: '750000000\n',
  [`${HWMON}/energy1_input`]: '2500000\n',
  [`${HWMON}/freq1_input`]: '2100000000\n',
  [`${HWMON}/freq2_input`]: '1300000000\n',
  [`${HWMON}/fan1_input`]: '1200\n',
};

const options = { pid: 4242, wantsProcesses: true } as const;

test('an AMD card is read whole', () => {
  const root = mkdtempSync(join(folder, 'amd-'));
  writeTree(root, AMD_FILES);
  const reader = new SysfsReader(openTree(root), { vendor: 'amdgpu', ...options });
  expect(reader.read(SECOND)).toEqual({
    gpus: [
      {
        identity: {
          id: '43cfeecf3446fbf7',
          name: 'gpu0',
          vendor: 'AMD',
          index: 0,
          model: 'AMD Instinct MI300X',
          busId: '0000:03:00.0',
        },
        state: 'ok',
        utilization: { general: 0.37 },
        controllerUtilization: 0.11,
        memory: { limitBytes: 205_520_896_000, usedBytes: 51_380_224_000 },
        temperatures: { edge: 41, junction: 55, memory: 48 },
        powerWatts: 150,
        powerLimitWatts: 750,
        energyJoules: 2.5,
        clocksHz: { graphics: 2.1e9, memory: 1.3e9 },
        fanRpm: 1200,
        errors: { corrected: 7, uncorrected: 1 },
      },
    ],
    events: [],
    notes: [],
    implausible: 0,
  });
});

test('files that vanish or are malformed take their value with them and nothing else', () => {
  const root = mkdtempSync(join(folder, 'amd-'));
  writeTree(root, AMD_FILES);
  const reader = new SysfsReader(openTree(root), { vendor: 'amdgpu', ...options });
  reader.read(SECOND);
  for (const name of ['gpu_busy_percent', 'mem_info_vram_total', 'unique_id', 'ras']) {
    rmSync(join(root, AMD, name), { recursive: true });
  }
  writeFileSync(join(root, HWMON, 'power1_average'), 'asleep\n');
  const [gpu] = reader.read(2 * SECOND).gpus;
  expect(gpu?.identity.id).toBe('0000:03:00.0');
  expect(gpu?.memory).toEqual({ usedBytes: 51_380_224_000 });
  expect(gpu?.temperatures).toEqual({ edge: 41, junction: 55, memory: 48 });
  for (const field of ['utilization', 'powerWatts', 'errors']) {
    expect(field in (gpu ?? {})).toBe(false);
  }
});

test('a card without the file of its memory sizes is read all the same', () => {
  const root = mkdtempSync(join(folder, 'amd-'));
  writeTree(root, {
    [`${AMD}/driver`]: '->../amdgpu',
    [`${AMD}/gpu_busy_percent`]: '3\n',
  });
  const reader = new SysfsReader(openTree(root), { vendor: 'amdgpu', ...options });
  expect(reader.read(SECOND).gpus).toEqual([
    {
      identity: { id: 'card0', name: 'gpu0', vendor: 'AMD', index: 0 },
      state: 'ok',
      utilization: { general: 0.03 },
    },
  ]);
});

const I915 = 'sys/class/drm/card1';
const XE = 'sys/class/drm/card2';

test('Intel cards of both drivers: power from energy, no made-up load', () => {
  const root = mkdtempSync(join(folder, 'intel-'));
  writeTree(root, {
    ...AMD_FILES,
    [`${I915}/device/driver`]: '->../i915',
    [`${I915}/device/uevent`]: 'PCI_SLOT_NAME=0000:00:02.0\n',
    [`${I915}/gt_cur_freq_mhz`]: '1150\n',
    [`${I915}/device/hwmon/hwmon5/energy1_input`]: '1000000\n',
    [`${I915}/device/hwmon/hwmon5/power1_max`]: '190000000\n',
    [`${I915}/device/hwmon/hwmon5/temp1_input`]: '45000\n',
    [`${XE}/device/driver`]: '->../xe',
    [`${XE}/device/uevent`]: 'PCI_SLOT_NAME=0000:04:00.0\n',
    [`${XE}/device/tile0/gt0/freq0/act_freq`]: '2050\n',
    [`${XE}/device/hwmon/hwmon6/temp2_input`]: '51000\n',
    [`${XE}/device/hwmon/hwmon6/temp2_label`]: 'pkg\n',
    [`${XE}/device/hwmon/hwmon6/temp3_input`]: '58000\n',
    [`${XE}/device/hwmon/hwmon6/temp3_label`]: 'vram\n',
  });
  const tree = openTree(root);
  expect([hasCards(tree, 'amdgpu'), hasCards(tree, 'intel')]).toEqual([true, true]);
  const reader = new SysfsReader(tree, { vendor: 'intel', ...options });
  reader.read(SECOND);
  writeFileSync(join(root, `${I915}/device/hwmon/hwmon5/energy1_input`), '76000000\n');
  expect(reader.read(3 * SECOND).gpus).toEqual([
    {
      identity: {
        id: '0000:00:02.0',
        name: 'gpu1',
        vendor: 'Intel',
        index: 1,
        busId: '0000:00:02.0',
      },
      state: 'ok',
      clocksHz: { graphics: 1.15e9 },
      energyJoules: 76,
      powerWatts: 37.5,
      powerLimitWatts: 190,
      temperatures: { gpu: 45 },
    },
    {
      identity: {
        id: '0000:04:00.0',
        name: 'gpu2',
        vendor: 'Intel',
        index: 2,
        busId: '0000:04:00.0',
      },
      state: 'ok',
      clocksHz: { graphics: 2.05e9 },
      temperatures: { gpu: 51, memory: 58 },
    },
  ]);
});

const fdinfo = (lines: readonly string[]): string => `pos:\t0\nflags:\t02\n${lines.join('\n')}\n`;

test('the own process is read from fdinfo, each client once', () => {
  const root = mkdtempSync(join(folder, 'fdinfo-'));
  const client = (ns: number): string =>
    fdinfo([
      'drm-driver:\tamdgpu',
      'drm-pdev:\t0000:03:00.0',
      'drm-client-id:\t7',
      `drm-engine-gfx:\t${ns} ns`,
      'drm-memory-vram:\t999 KiB',
      'drm-resident-vram0:\t2048 KiB',
      'drm-resident-vram0:\t4096 KiB',
      'drm-resident-gtt:\t77 KiB',
      'drm-total-vram0:\t9 MiB',
    ]);
  writeTree(root, {
    ...AMD_FILES,
    'proc/self/fd/3': '->/dev/dri/renderD128',
    'proc/self/fd/4': '->/dev/dri/renderD128',
    'proc/self/fd/5': '->/tmp/file',
    'proc/self/fdinfo/3': client(1_000_000_000),
    'proc/self/fdinfo/4': client(1_000_000_000),
    'proc/self/fdinfo/5': client(5),
  });
  const reader = new SysfsReader(openTree(root), { vendor: 'amdgpu', ...options });
  expect(reader.read(SECOND).gpus[0]?.processes).toEqual([{ pid: 4242, memoryBytes: 2_097_152 }]);
  for (const fd of ['3', '4']) {
    writeFileSync(join(root, `proc/self/fdinfo/${fd}`), client(1_500_000_000));
  }
  expect(reader.read(3 * SECOND).gpus[0]?.processes).toEqual([
    { pid: 4242, memoryBytes: 2_097_152, utilization: { general: 0.25 } },
  ]);
  // How many processes use the card is not known from here.
  expect('processCount' in (reader.read(4 * SECOND).gpus[0] ?? {})).toBe(false);
});

test('cycles of xe are shares of their own clock', () => {
  const root = mkdtempSync(join(folder, 'fdinfo-'));
  const client = (busy: number, total: number): string =>
    fdinfo([
      'drm-driver:\txe',
      'drm-pdev:\t0000:04:00.0',
      'drm-client-id:\t1',
      `drm-cycles-ccs:\t${busy}`,
      `drm-total-cycles-ccs:\t${total}`,
      'drm-resident-vram0:\t1 MiB',
      'drm-resident-system:\t1 MiB',
    ]);
  writeTree(root, {
    [`${XE}/device/driver`]: '->../xe',
    [`${XE}/device/uevent`]: 'PCI_SLOT_NAME=0000:04:00.0\n',
    'proc/self/fd/3': '->/dev/dri/renderD129',
    'proc/self/fdinfo/3': client(100, 1_000),
  });
  const reader = new SysfsReader(openTree(root), { vendor: 'intel', ...options });
  reader.read(SECOND);
  writeFileSync(join(root, 'proc/self/fdinfo/3'), client(700, 2_000));
  expect(reader.read(2 * SECOND).gpus[0]?.processes).toEqual([
    { pid: 4242, memoryBytes: 1_048_576, utilization: { general: 0.6 } },
  ]);
});

test('a machine without cards has none', () => {
  const tree = openTree(join(folder, 'nowhere'));
  expect(hasCards(tree, 'amdgpu')).toBe(false);
  const reader = new SysfsReader(tree, { vendor: 'amdgpu', ...options });
  expect(reader.read(0)).toMatchObject({ gpus: [], errorType: 'no_devices' });
});
