import { type CallNode, sortedChildren } from '../../tree/call-tree.ts';
import type { Category } from '../../tree/category.ts';
import { frameText } from '../../tree/frame.ts';
import { LABELS } from '../text.ts';
import { categoryColor, legendColor } from './color.ts';
import { BOX_SHARE_MIN, type Box, drawPicture } from './picture.ts';

export interface FlamegraphOptions {
  readonly title: string;
  readonly subtitle: string;
  /** Words an amount: microseconds of a CPU profile, bytes of a heap profile. */
  readonly format: (amount: number) => string;
}

const CATEGORIES: readonly Category[] = ['own', 'dependency', 'node', 'native', 'gc', 'idle'];

/** A flamegraph: what a box calls hangs below it, its width is its time. */
export function renderFlamegraph(root: CallNode, options: FlamegraphOptions): string {
  const { boxes, used } =
    root.total === 0 ? { boxes: [], used: new Set() } : boxesOf(root, options.format);
  return drawPicture(boxes, {
    ...options,
    legend: CATEGORIES.filter((category) => used.has(category)).map((category) => ({
      text: LABELS[category],
      color: legendColor(category),
    })),
  });
}

interface Place {
  readonly node: CallNode;
  readonly depth: number;
  readonly left: number;
}

/** The boxes that can be seen, and whose code they are. */
function boxesOf(
  root: CallNode,
  format: (amount: number) => string,
): { readonly boxes: readonly Box[]; readonly used: ReadonlySet<Category> } {
  const boxes: Box[] = [];
  const used = new Set<Category>();
  // A list rather than recursion: stacks may be deeper than ours.
  const waiting: Place[] = [{ node: root, depth: 0, left: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth, left } = next;
    const { frame, total } = node;
    const width = total / root.total;
    // What it calls is no wider.
    if (width < BOX_SHARE_MIN) continue;
    if (depth > 0) used.add(frame.category);
    boxes.push({
      depth,
      left,
      width,
      name: frame.name,
      title: `${frameText(frame)}\n${amountText(node, width, format)}`,
      color: depth === 0 ? 'hsl(0,0%,80%)' : categoryColor(frame.category, frame.name),
    });
    let at = left;
    for (const child of sortedChildren(node)) {
      waiting.push({ node: child, depth: depth + 1, left: at });
      at += child.total / root.total;
    }
  }
  return { boxes, used };
}

/** Wording numbers is a large part of drawing, so none is worded twice. */
function amountText(
  { total, self }: CallNode,
  share: number,
  format: (amount: number) => string,
): string {
  const all = format(total);
  const own = self === total ? all : format(self);
  return `${all}, ${(share * 100).toFixed(2)} % (itself ${own})`;
}
