import { type Frame, frameKey } from './frame.ts';
import type { Stack } from './samples.ts';

/** A function as called from its parent: the boxes of a flamegraph. */
export interface CallNode {
  readonly frame: Frame;
  /** In units of the stacks' weight: microseconds, or bytes of a heap profile. */
  total: number;
  self: number;
  /** Made with the first child: most boxes are leaves, and a map for each is most of the memory. */
  children: Map<string, CallNode> | undefined;
}

const ROOT: Frame = { name: 'all', file: '', line: 0, column: 0, category: 'native' };

/** The box above all others, empty. */
export const rootNode = (): CallNode => createNode(ROOT);

/** Puts stacks together by their common beginnings. */
export function callTree(stacks: readonly Stack[]): CallNode {
  const root = rootNode();
  for (const { frames, micros } of stacks) {
    let node = root;
    node.total += micros;
    for (const frame of frames) {
      node = childOf(node, frame);
      node.total += micros;
    }
    node.self += micros;
  }
  return root;
}

/** The box of a function below its caller's, made when there is none yet. */
export function childOf(caller: CallNode, frame: Frame): CallNode {
  const key = frameKey(frame);
  const known = caller.children?.get(key);
  if (known !== undefined) return known;
  const made = createNode(frame);
  caller.children ??= new Map();
  caller.children.set(key, made);
  return made;
}

const createNode = (frame: Frame): CallNode => ({
  frame,
  total: 0,
  self: 0,
  children: undefined,
});

/** Children in the order in which a flamegraph draws them: by name, so that two can be compared. */
export function sortedChildren({ children }: CallNode): readonly CallNode[] {
  if (children === undefined) return [];
  const all = [...children.values()];
  return all.length < 2 ? all : all.sort((a, b) => compare(a.frame.name, b.frame.name));
}

const compare = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};
