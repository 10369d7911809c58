const FNV_OFFSET = 14_695_981_039_346_656_037n;
const FNV_PRIME = 1_099_511_628_211n;

/** Spreads groups over their interval: the same group always gets the same offset. */
export function slotOffsetMs(groupKey: string, intervalMs: number): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < groupKey.length; index += 1) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(groupKey.charCodeAt(index))) * FNV_PRIME);
  }
  return Number(hash % BigInt(Math.max(1, Math.trunc(intervalMs))));
}

/** The latest slot at or before `nowMs`; evaluation timestamps are slots, however late the tick. */
export function slotAt(nowMs: number, intervalMs: number, offsetMs: number): number {
  return Math.floor((nowMs - offsetMs) / intervalMs) * intervalMs + offsetMs;
}

/** How many slots between two evaluations went by without one. */
export function missedSlots(previousMs: number, slotMs: number, intervalMs: number): number {
  return Math.max(0, Math.round((slotMs - previousMs) / intervalMs) - 1);
}
