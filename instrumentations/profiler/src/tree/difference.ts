import { type Frame, frameKey } from './frame.ts';
import type { Stack } from './samples.ts';
import { functionTotals } from './statistics.ts';

/** A box of a differential flamegraph: the later profile, and what the earlier one had there. */
export interface DifferenceNode {
  readonly frame: Frame;
  /** Shares of each profile's whole time, 0 to 1. */
  before: number;
  after: number;
  readonly children: Map<string, DifferenceNode>;
}

/** A function that takes another share of the time than before. */
export interface FunctionChange {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Shares of self time, 0 to 1. */
  readonly before: number;
  readonly after: number;
}

const ROOT: Frame = { name: 'all', file: '', line: 0, column: 0, category: 'native' };
const CHANGE_MIN = 0.001;

/** Two profiles as one tree. Shares are compared, since two profiles never last equally long. */
export function differenceTree(before: readonly Stack[], after: readonly Stack[]): DifferenceNode {
  const root: DifferenceNode = { frame: ROOT, before: 0, after: 0, children: new Map() };
  add(root, before, 'before');
  add(root, after, 'after');
  return root;
}

function add(root: DifferenceNode, stacks: readonly Stack[], side: 'before' | 'after'): void {
  const whole = wholeOf(stacks);
  if (whole === 0) return;
  for (const { frames, micros } of stacks) {
    let node = root;
    node[side] += micros / whole;
    for (const frame of frames) {
      const key = frameKey(frame);
      let child = node.children.get(key);
      if (child === undefined) {
        child = { frame, before: 0, after: 0, children: new Map() };
        node.children.set(key, child);
      }
      child[side] += micros / whole;
      node = child;
    }
  }
}

/** Functions whose share of self time changed, the one that grew most first. */
export function functionChanges(
  before: readonly Stack[],
  after: readonly Stack[],
): readonly FunctionChange[] {
  const changes = new Map<
    string,
    { name: string; file: string; line: number; before: number; after: number }
  >();
  const take = (stacks: readonly Stack[], side: 'before' | 'after'): void => {
    const whole = wholeOf(stacks);
    if (whole === 0) return;
    for (const { name, file, line, selfMicros } of functionTotals(stacks)) {
      const key = JSON.stringify([name, file]);
      const change = changes.get(key) ?? { name, file, line, before: 0, after: 0 };
      change[side] += selfMicros / whole;
      // The line may have moved between two builds; the newer one is shown.
      if (side === 'after') change.line = line;
      changes.set(key, change);
    }
  };
  take(before, 'before');
  take(after, 'after');
  return [...changes.values()]
    .filter((change) => Math.abs(change.after - change.before) >= CHANGE_MIN)
    .sort((a, b) => b.after - b.before - (a.after - a.before));
}

const wholeOf = (stacks: readonly Stack[]): number =>
  stacks.reduce((sum, { micros }) => sum + micros, 0);
