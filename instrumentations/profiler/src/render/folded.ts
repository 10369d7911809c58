import { frameText } from '../tree/frame.ts';
import type { Stack } from '../tree/samples.ts';

/** One line a stack, `outermost;…;innermost samples`, as flamegraph.pl and speedscope read it. */
export function renderFolded(stacks: readonly Stack[]): string {
  const counts = new Map<string, number>();
  for (const { frames, samples } of stacks) {
    const line = frames.map((frame) => oneLine(frameText(frame))).join(';');
    counts.set(line, (counts.get(line) ?? 0) + samples);
  }
  return [...counts].map(([line, samples]) => `${line} ${samples}\n`).join('');
}

/** The separators of the format cannot stand in a name. */
const oneLine = (text: string): string => text.replaceAll(/[;\r\n]/gu, ' ');
