import { type EventType, sharedState } from '@telltale/core';

/** Types of which every event matters, so they are always wanted. */
export const RARE_EVENTS: readonly EventType[] = ['PERFORMANCE', 'ALERT', 'ERROR'];

/** One set a process: the ESM and the CommonJS copy of this module share it. */
const wanted: Set<EventType> = sharedState('telltale.wanted-events', () => new Set(RARE_EVENTS));

/** Chooses the types that are emitted. */
export function chooseEvents(types: readonly EventType[]): void {
  wanted.clear();
  for (const type of types) wanted.add(type);
}

/** Whether events of a type go anywhere. Asked on hot paths before an event is put together. */
export const wantsEvents = (type: EventType): boolean => wanted.has(type);
