import type { Snapshot } from '../snapshot/reading.ts';
import type { EnergySample } from './energy-attribution.ts';

/**
 * The energy counters of a snapshot. Where processes are known, only the devices on which this
 * process holds a context count.
 */
export function energySample(snapshot: Snapshot, pid: number): EnergySample {
  const measured = snapshot.gpus.filter(({ energyJoules }) => energyJoules !== undefined);
  const own = measured.filter(({ processes }) => processes?.some((one) => one.pid === pid));
  const used = own.length > 0 ? own : measured;
  const joules = new Map(used.map(({ identity, energyJoules = 0 }) => [identity.id, energyJoules]));
  const hasOthers = used.some(({ processes, processCount = 0 }) => {
    const isOwn = processes?.some((one) => one.pid === pid) === true;
    return processCount > (isOwn ? 1 : 0);
  });
  return { atUs: snapshot.takenAtUs, joules, hasOthers };
}
