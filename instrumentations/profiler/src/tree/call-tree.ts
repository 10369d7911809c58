import { type Frame, frameKey } from './frame.ts';
import type { Stack } from './samples.ts';

/** A function as called from its parent: the boxes of a flamegraph. */
export interface CallNode {
  readonly frame: Frame;
  /** In units of the stacks' weight: microseconds, or bytes of a heap profile. */
  total: number;
  self: number;
  readonly children: Map<string, CallNode>;
}

const ROOT: Frame = { name: 'all', file: '', line: 0, column: 0, category: 'native' };

/** Puts stacks together by their common beginnings. */
export function callTree(stacks: readonly Stack[]): CallNode {
  const root = createNode(ROOT);
  for (const { frames, micros } of stacks) {
    let node = root;
    node.total += micros;
    for (const frame of frames) {
      const key = frameKey(frame);
      let child = node.children.get(key);
      if (child === undefined) {
        child = createNode(frame);
        node.children.set(key, child);
      }
      child.total += micros;
      node = child;
    }
    node.self += micros;
  }
  return root;
}

const createNode = (frame: Frame): CallNode => ({
  frame,
  total: 0,
  self: 0,
  children: new Map(),
});

/** Children in the order in which a flamegraph draws them: by name, so that two can be compared. */
export const sortedChildren = ({ children }: CallNode): readonly CallNode[] =>
  [...children.values()].sort((a, b) => compare(a.frame.name, b.frame.name));

const compare = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};
