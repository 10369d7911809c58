import { type CallNode, childOf, rootNode } from './call-tree.ts';
import type { CpuProfile, ProfileNode } from './cpu-profile.ts';
import { type Frame, frameOf } from './frame.ts';
import { samplesOf } from './samples.ts';

/** All boxes of a recording. */
export interface ProfileTree {
  readonly root: CallNode;
  /** Samples that are in it. */
  readonly samples: number;
}

/** A thread, and the frame that its boxes stand below, if any. */
export interface TreePart {
  readonly profile: CpuProfile;
  readonly below?: Frame;
}

interface Time {
  samples: number;
  micros: number;
}

interface Step {
  readonly node: ProfileNode;
  readonly caller: CallNode;
}

/**
 * The boxes of `callTree(stacksOf(profile))`, and empty ones where no sample is in a node. A profile
 * of V8 is a tree already, so its nodes are taken over one by one: by way of stacks each of them
 * would cost its whole depth.
 */
export function profileTree(
  parts: readonly TreePart[],
  { hasIdle }: { readonly hasIdle: boolean },
): ProfileTree {
  const root = rootNode();
  let samples = 0;
  for (const { profile, below } of parts) {
    const top = below === undefined ? root : childOf(root, below);
    samples += addThread(top, profile, hasIdle);
  }
  addUp(root);
  return { root, samples };
}

/** @returns how many samples were added */
function addThread(top: CallNode, profile: CpuProfile, hasIdle: boolean): number {
  const times = timesOf(profile);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const waiting: Step[] = topNodes(profile.nodes).map((node) => ({ node, caller: top }));
  let samples = 0;
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const { node, caller } = step;
    // Taken out when it is reached, so that a damaged file with a circle ends.
    if (!byId.delete(node.id)) continue;
    const box = boxOf(node, caller);
    if (!hasIdle && box.frame.category === 'idle') continue;
    const time = box === top ? undefined : times.get(node.id);
    if (time !== undefined) {
      box.self += time.micros;
      samples += time.samples;
    }
    for (const id of node.children ?? []) {
      const child = byId.get(id);
      if (child !== undefined) waiting.push({ node: child, caller: box });
    }
  }
  return samples;
}

/** V8's root is no function: what it calls is below ours. */
const boxOf = ({ callFrame }: ProfileNode, caller: CallNode): CallNode =>
  callFrame.functionName === '(root)' ? caller : childOf(caller, frameOf(callFrame));

/** Nodes that no other one calls. */
function topNodes(nodes: readonly ProfileNode[]): readonly ProfileNode[] {
  const called = new Set<number>();
  for (const { children = [] } of nodes) for (const id of children) called.add(id);
  return nodes.filter(({ id }) => !called.has(id));
}

function timesOf(profile: CpuProfile): ReadonlyMap<number, Time> {
  const times = new Map<number, Time>();
  for (const { nodeId, micros } of samplesOf(profile)) {
    const time = times.get(nodeId);
    if (time === undefined) times.set(nodeId, { samples: 1, micros });
    else {
      time.samples += 1;
      time.micros += micros;
    }
  }
  return times;
}

/** Totals, from the innermost boxes outwards. A list, as stacks may be deeper than ours. */
function addUp(root: CallNode): void {
  const boxes = [root];
  const callers: number[] = [0];
  // The list grows while it is walked, so that callers stand before what they call.
  for (let index = 0; index < boxes.length; index += 1) {
    for (const box of boxes[index]?.children?.values() ?? []) {
      boxes.push(box);
      callers.push(index);
    }
  }
  for (let index = boxes.length - 1; index >= 0; index -= 1) {
    const box = boxes[index];
    const caller = boxes[callers[index] ?? 0];
    if (box === undefined || caller === undefined) continue;
    box.total += box.self;
    if (caller !== box) caller.total += box.total;
  }
}
