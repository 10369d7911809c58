/** What is asked of nvidia-smi, in this order. The first two must be there. */
export const FIELDS = [
  'index',
  'uuid',
  'name',
  'driver_version',
  'pci.bus_id',
  'utilization.gpu',
  'utilization.memory',
  'utilization.encoder',
  'utilization.decoder',
  'memory.total',
  'memory.used',
  'memory.free',
  'memory.reserved',
  'power.draw',
  'enforced.power.limit',
  'temperature.gpu',
  'temperature.memory',
  'fan.speed',
  'clocks.sm',
  'clocks.mem',
  'pstate',
  'clocks_event_reasons.active',
  'clocks_event_reasons_counters.sw_power_cap',
  'clocks_event_reasons_counters.sync_boost',
  'clocks_event_reasons_counters.sw_thermal_slowdown',
  'clocks_event_reasons_counters.hw_thermal_slowdown',
  'clocks_event_reasons_counters.hw_power_brake_slowdown',
  'ecc.errors.corrected.volatile.total',
  'ecc.errors.uncorrected.volatile.total',
  'mig.mode.current',
  'serial',
  'vbios_version',
] as const;

export type FieldName = (typeof FIELDS)[number] | 'clocks_throttle_reasons.active';

/** Names of older drivers, which know only these. */
const OLDER: Readonly<Record<string, FieldName>> = {
  'clocks_event_reasons.active': 'clocks_throttle_reasons.active',
};

const UNKNOWN_FIELD = /Field "([^"]+)" is not a valid field to query/u;

/**
 * The fields to ask for after nvidia-smi refused one: its older name, or the rest. `undefined` when
 * the line tells of no field that was asked for.
 */
export function withoutUnknown(
  fields: readonly FieldName[],
  line: string,
): readonly FieldName[] | undefined {
  const unknown = UNKNOWN_FIELD.exec(line)?.[1];
  const place = fields.findIndex((field) => field === unknown);
  if (unknown === undefined || place < 0) return undefined;
  const older = OLDER[unknown];
  return older === undefined ? fields.toSpliced(place, 1) : fields.toSpliced(place, 1, older);
}
