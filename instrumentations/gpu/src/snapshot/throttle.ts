import type { ThrottleReason } from './reading.ts';

/** Bits of NVIDIA's clock event reasons. Idle, application clocks and display are no throttling. */
const BITS: Readonly<Record<ThrottleReason, bigint>> = {
  sw_power_cap: 0x4n,
  hw_slowdown: 0x8n,
  sync_boost: 0x10n,
  sw_thermal: 0x20n,
  hw_thermal: 0x40n,
  hw_power_brake: 0x80n,
};

/** Which reasons hold clocks down, each with true or false. */
export function throttleReasons(mask: bigint): Readonly<Record<ThrottleReason, boolean>> {
  const is = (reason: ThrottleReason): boolean => (mask & BITS[reason]) !== 0n;
  return {
    sw_power_cap: is('sw_power_cap'),
    sync_boost: is('sync_boost'),
    sw_thermal: is('sw_thermal'),
    hw_thermal: is('hw_thermal'),
    hw_power_brake: is('hw_power_brake'),
    hw_slowdown: is('hw_slowdown'),
  };
}
