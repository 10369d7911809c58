/** Numbers of a device in the units of NVML, and what they are when nothing else is said. */
const H200: Readonly<Record<string, number>> = {
  util_gpu: 100,
  util_memory: 7,
  encoder: 0,
  decoder: 0,
  pstate: 0,
  clock0: 1980,
  clock1: 1980,
  clock2: 3201,
  clock3: 1545,
  mem_total: 150_754_820_096,
  mem_used: 33_934_016_512,
  mem_reserved: 643_825_664,
  power: 627_400,
  power_limit: 700_000,
  energy: 1_000_000,
  temperature: 52,
  threshold0: 95,
  threshold1: 92,
  threshold2: 95,
  margin: 35,
  reasons: 0,
  ecc_corrected: 0,
  ecc_uncorrected: 0,
  replays: 0,
  link_gen: 5,
  link_width: 16,
  mig_mode: 0,
  event_types: 0x1ff,
  gpm_support: 1,
};

/** Field values: id to number. */
const FIELDS: Readonly<Record<number, number>> = {
  74: 2_000_000_000,
  76: 0,
  82: 40,
  94: 3,
  138: 1_024,
  139: 2_048,
  142: 0,
  143: 0,
  144: 0,
  145: 0,
  197: 5_000_000,
  198: 7_000_000,
  230: 0,
  269: 0,
  270: 0,
  271: 0,
};

/** Profiling counters in percent: graphics, SM, occupancy, tensor, memory bandwidth. */
const GPM: Readonly<Record<number, number>> = { 1: 98, 2: 81.5, 3: 40, 5: 62.25, 10: 31 };

export interface StubDevice {
  /** Numbers that differ; `undefined` leaves one out, so that the device does not support it. */
  readonly values?: Readonly<Record<string, number | undefined>>;
  readonly fields?: Readonly<Record<number, number | undefined>>;
  readonly gpm?: Readonly<Record<number, number>>;
  readonly uuid?: string;
  readonly name?: string;
}

/** The lines of the stub's file for one device, an H200 unless told otherwise. */
export function deviceLines(index: number, device: StubDevice = {}): readonly string[] {
  const numbers = Object.entries({ ...H200, ...device.values });
  const fields = Object.entries({ ...FIELDS, ...device.fields });
  const gpm = Object.entries(device.gpm ?? GPM);
  return [
    `${index} text uuid ${device.uuid ?? `GPU-00000000-0000-0000-0000-00000000000${index}`}`,
    `${index} text name ${device.name ?? 'NVIDIA H200'}`,
    `${index} text serial 165000000000${index}`,
    `${index} text vbios 96.00.A5.00.03`,
    `${index} text bus 00000000:8${index}:00.0`,
    ...numbers.flatMap(([key, value]) => (value === undefined ? [] : [`${index} ${key} ${value}`])),
    ...fields.flatMap(([id, value]) =>
      value === undefined ? [] : [`field ${index} ${id} ${value} ${id === '82' ? 1 : 3}`],
    ),
    ...gpm.map(([id, value]) => `gpm ${index} -1 ${id} ${value}`),
  ];
}

/** The lines that tell of the driver. */
export const DRIVER_LINES: readonly string[] = ['driver 590.48.01', 'cuda 13010'];
