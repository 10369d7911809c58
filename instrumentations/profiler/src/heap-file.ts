import type { ProfileFormat } from './formats.ts';
import { renderFolded } from './render/folded.ts';
import { renderPprof } from './render/pprof.ts';
import { renderFlamegraph } from './render/svg/flamegraph.ts';
import { callTree } from './tree/call-tree.ts';
import { shortText } from './tree/frame.ts';
import { type HeapProfile, heapStacks } from './tree/heap-profile.ts';
import type { Stack } from './tree/samples.ts';
import { functionTotals } from './tree/statistics.ts';

const TOP = 20;
const MEBIBYTE = 2 ** 20;

const mebibytes = (bytes: number): string => `${(bytes / MEBIBYTE).toFixed(2)} MiB`;

/** Why memory cannot be written in a format; `undefined` where it can. Asked before it is recorded. */
export const heapFormatProblem = (format: ProfileFormat): string | undefined =>
  format === 'speedscope'
    ? 'Cannot write memory for speedscope: use svg, text, json, cpuprofile, pprof or folded'
    : undefined;

/**
 * A heap profile as text or bytes: who allocated what is still alive.
 *
 * @throws {Error} for formats that hold only time
 */
export function heapProfileFile(
  profile: HeapProfile,
  format: ProfileFormat,
  title: string,
): string | Uint8Array {
  const stacks = heapStacks(profile);
  switch (format) {
    case 'svg':
      return renderFlamegraph(callTree(stacks), {
        title: `${title}: memory`,
        subtitle: `${mebibytes(sum(stacks))} allocated and alive, as far as samples tell`,
        format: mebibytes,
      });
    case 'text':
      return heapText(stacks, title);
    case 'json':
      return `${JSON.stringify({ title, bytes: sum(stacks), functions: inBytes(stacks) }, undefined, 2)}\n`;
    case 'cpuprofile':
      return JSON.stringify(profile); // what DevTools opens as a .heapprofile
    case 'folded':
      return renderFolded(stacks.map((stack) => ({ ...stack, samples: Math.round(stack.micros) })));
    case 'pprof':
      return renderPprof(
        stacks,
        { startTime: 0, endTime: 0, samples: [] },
        { timeKind: 'inuse_space', startMs: Date.now() },
      );
    case 'speedscope':
      throw new Error(heapFormatProblem(format));
  }
}

const sum = (stacks: readonly Stack[]): number =>
  stacks.reduce((bytes, { micros }) => bytes + micros, 0);

const inBytes = (stacks: readonly Stack[]): readonly object[] =>
  functionTotals(stacks).map(({ selfMicros, totalMicros, ...rest }) => ({
    ...rest,
    selfBytes: selfMicros,
    totalBytes: totalMicros,
  }));

function heapText(stacks: readonly Stack[], title: string): string {
  const rows = functionTotals(stacks)
    .slice(0, TOP)
    .map(
      ({ selfMicros, name, file, line, category }) =>
        `${mebibytes(selfMicros).padStart(12)}  ${shortText({ name, file, line, column: 0, category })}`,
    );
  return [
    `${title}: ${mebibytes(sum(stacks))} allocated and alive`,
    '',
    'Functions by what they allocated themselves',
    ...rows,
    '',
  ].join('\n');
}
