/**
 * The only process-wide state. The ESM and the CommonJS copy of a package are two modules, and a
 * process may hold several versions, so what must exist once hangs on `globalThis`.
 */
const KEY = Symbol.for('@telltale/core.v1');

type Slots = Map<string, unknown>;

/** The value of a slot, created by the first who asks. */
export function sharedState<T>(slot: string, create: () => T): T {
  const holder = globalThis as { [KEY]?: Slots };
  holder[KEY] ??= new Map();
  const slots = holder[KEY];
  if (!slots.has(slot)) slots.set(slot, create());
  return slots.get(slot) as T;
}
