import type { Category } from '../../../instrumentations/profiler/src/tree/category.ts';
import type {
  CpuProfile,
  ProfileNode,
} from '../../../instrumentations/profiler/src/tree/cpu-profile.ts';
import type { Frame } from '../../../instrumentations/profiler/src/tree/frame.ts';

/** A node by its function, its file and its children. */
export function node(
  id: number,
  functionName: string,
  {
    url = '',
    line = 0,
    children = [],
  }: { url?: string; line?: number; children?: readonly number[] } = {},
): ProfileNode {
  return {
    id,
    callFrame: { functionName, scriptId: '0', url, lineNumber: line, columnNumber: 0 },
    hitCount: 0,
    children,
  };
}

/** Root, a handler that calls a library and itself, idle time and garbage collection. */
export const PROFILE: CpuProfile = {
  nodes: [
    node(1, '(root)', { children: [2, 6, 7] }),
    node(2, 'handler', { url: 'file:///app/server.js', line: 9, children: [3, 4] }),
    node(3, 'parse', { url: 'file:///app/node_modules/lib/index.js', line: 4 }),
    node(4, 'handler', { url: 'file:///app/server.js', line: 9, children: [5] }),
    node(5, '', { url: 'node:internal/timers', line: 99 }),
    node(6, '(idle)'),
    node(7, '(garbage collector)'),
  ],
  startTime: 1_000_000,
  endTime: 1_060_000,
  samples: [2, 3, 4, 5, 6, 7],
  timeDeltas: [0, 10_000, 10_000, 10_000, 10_000, 10_000],
};

export const frame = (name: string, category: Category = 'own'): Frame => ({
  name,
  file: category === 'native' || category === 'gc' ? '' : `/app/${name}.js`,
  line: 1,
  column: 1,
  category,
});
