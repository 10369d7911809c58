import { type CallNode, callTree, sortedChildren } from '../../tree/call-tree.ts';
import type { Category } from '../../tree/category.ts';
import { frameText } from '../../tree/frame.ts';
import type { Stack } from '../../tree/samples.ts';
import { LABELS } from '../text.ts';
import { categoryColor, legendColor } from './color.ts';
import { type Box, drawPicture } from './picture.ts';

export interface FlamegraphOptions {
  readonly title: string;
  readonly subtitle: string;
  /** Words an amount: microseconds of a CPU profile, bytes of a heap profile. */
  readonly format: (amount: number) => string;
}

const CATEGORIES: readonly Category[] = ['own', 'dependency', 'node', 'native', 'gc', 'idle'];

/** A flamegraph: what a box calls hangs below it, its width is its time. */
export function renderFlamegraph(stacks: readonly Stack[], options: FlamegraphOptions): string {
  const root = callTree(stacks);
  const used = new Set(stacks.flatMap(({ frames }) => frames.map(({ category }) => category)));
  const boxes = root.total === 0 ? [] : boxesOf(root, options.format);
  return drawPicture(boxes, {
    ...options,
    legend: CATEGORIES.filter((category) => used.has(category)).map((category) => ({
      text: LABELS[category],
      color: legendColor(category),
    })),
  });
}

function boxesOf(root: CallNode, format: (amount: number) => string): readonly Box[] {
  const boxes: Box[] = [];
  // A list rather than recursion: stacks may be deeper than ours.
  const waiting: { node: CallNode; depth: number; left: number }[] = [
    { node: root, depth: 0, left: 0 },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth, left } = next;
    const width = node.total / root.total;
    boxes.push({
      depth,
      left,
      width,
      name: node.frame.name,
      title: `${frameText(node.frame)}\n${format(node.total)}, ${(width * 100).toFixed(2)} % (itself ${format(node.self)})`,
      color: depth === 0 ? 'hsl(0,0%,80%)' : categoryColor(node.frame.category, node.frame.name),
    });
    let at = left;
    for (const child of sortedChildren(node)) {
      waiting.push({ node: child, depth: depth + 1, left: at });
      at += child.total / root.total;
    }
  }
  return boxes;
}
