import type { GpuProcess } from '../snapshot/reading.ts';
import { type ClientShares, type ClientUse } from './fdinfo.ts';

/** What this process uses of one card; nothing when it has not opened it. */
export function ownProcess(
  clients: readonly ClientUse[],
  how: { readonly shares: ClientShares; readonly pid: number; readonly nowUs: number },
): readonly GpuProcess[] {
  const { shares, pid, nowUs } = how;
  const general = shares.update(clients, nowUs);
  if (clients.length === 0) return [];
  const sizes = clients.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  const memory = sizes.reduce((sum, size) => sum + size, 0);
  return [
    {
      pid,
      ...(sizes.length === 0 ? {} : { memoryBytes: memory }),
      ...(general === undefined ? {} : { utilization: { general } }),
    },
  ];
}
