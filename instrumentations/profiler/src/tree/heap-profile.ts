import type { CallFrame } from './cpu-profile.ts';
import { type Frame, frameOf } from './frame.ts';
import type { Stack } from './samples.ts';

/** A node of V8's sampling heap profile. */
export interface HeapNode {
  readonly callFrame: CallFrame;
  /** Bytes allocated here and still alive, as far as samples tell. */
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

/** A sampling heap profile of V8 (`.heapprofile`). */
export interface HeapProfile {
  readonly head: HeapNode;
}

/** Who allocated what is alive, as stacks whose weight is bytes. */
export function heapStacks({ head }: HeapProfile): readonly Stack[] {
  const stacks: Stack[] = [];
  const waiting: { node: HeapNode; frames: readonly Frame[] }[] = [{ node: head, frames: [] }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, frames } = next;
    const isRoot = node.callFrame.functionName === '(root)';
    const own = isRoot ? frames : [...frames, frameOf(node.callFrame)];
    if (node.selfSize > 0 && own.length > 0) {
      stacks.push({ frames: own, samples: 1, micros: node.selfSize });
    }
    for (const child of node.children) waiting.push({ node: child, frames: own });
  }
  return stacks;
}
