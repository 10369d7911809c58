import { type DifferenceNode, differenceTree } from '../../tree/difference.ts';
import { frameText } from '../../tree/frame.ts';
import type { Stack } from '../../tree/samples.ts';
import { differenceColor } from './color.ts';
import { type Box, drawPicture } from './picture.ts';

/** The later profile as a flamegraph; red grew, blue shrank, as shares of the whole time. */
export function renderDifference(
  before: readonly Stack[],
  after: readonly Stack[],
  { title, subtitle }: { readonly title: string; readonly subtitle: string },
): string {
  const root = differenceTree(before, after);
  const boxes: Box[] = [];
  const waiting = [{ node: root, depth: 0, left: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth, left } = next;
    const points = (node.after - node.before) * 100;
    boxes.push({
      depth,
      left,
      width: node.after,
      name: node.frame.name,
      title: `${frameText(node.frame)}\n${percent(node.before)} before, ${percent(node.after)} after (${points >= 0 ? '+' : ''}${points.toFixed(2)} points)`,
      color: depth === 0 ? 'hsl(0,0%,80%)' : differenceColor(node.before, node.after),
    });
    let at = left;
    for (const child of sorted(node)) {
      waiting.push({ node: child, depth: depth + 1, left: at });
      at += child.after;
    }
  }
  return drawPicture(boxes, {
    title,
    subtitle,
    legend: [
      { text: 'takes more of the time', color: differenceColor(0.1, 0.4) },
      { text: 'as before', color: differenceColor(0.1, 0.1) },
      { text: 'takes less', color: differenceColor(0.4, 0.1) },
    ],
  });
}

const sorted = ({ children }: DifferenceNode): readonly DifferenceNode[] =>
  [...children.values()].sort((a, b) => (a.frame.name < b.frame.name ? -1 : 1));

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
