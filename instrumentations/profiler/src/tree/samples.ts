import type { CpuProfile, ProfileNode } from './cpu-profile.ts';
import { type Frame, frameOf } from './frame.ts';

/** One stack and how long it was seen. */
export interface Stack {
  /** Outermost first, without V8's `(root)`. */
  readonly frames: readonly Frame[];
  readonly samples: number;
  readonly micros: number;
}

export interface Sample {
  /** When, in microseconds of the monotonic clock. */
  readonly atMicros: number;
  /** How long until the next one. */
  readonly micros: number;
  readonly nodeId: number;
}

/** The samples in time. The last one lasts as long as the one before it, as far as that is known. */
export function samplesOf({ samples, timeDeltas, startTime }: CpuProfile): readonly Sample[] {
  let atMicros = startTime;
  return samples.map((nodeId, index) => {
    atMicros += Math.max(0, timeDeltas[index] ?? 0);
    // V8 may tell a negative difference when threads disagree about the time.
    const micros = Math.max(0, timeDeltas[index + 1] ?? timeDeltas[index] ?? 0);
    return { atMicros, micros, nodeId };
  });
}

/** Finds the frames of a node, each list made once. */
export class StackTable {
  readonly #nodes: ReadonlyMap<number, ProfileNode>;
  readonly #parents = new Map<number, number>();
  readonly #stacks = new Map<number, readonly Frame[]>();
  readonly #frames = new Map<number, Frame>();

  constructor({ nodes }: CpuProfile) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const { id, children = [] } of nodes) {
      for (const child of children) this.#parents.set(child, id);
    }
  }

  /** Outermost first; empty for the root and for ids that the profile does not have. */
  frames(nodeId: number): readonly Frame[] {
    const known = this.#stacks.get(nodeId);
    if (known !== undefined) return known;
    const frames: Frame[] = [];
    const seen = new Set<number>();
    for (let id: number | undefined = nodeId; id !== undefined; id = this.#parents.get(id)) {
      const node = this.#nodes.get(id);
      if (node === undefined || seen.has(id)) break; // a damaged file may have a circle
      seen.add(id);
      if (node.callFrame.functionName !== '(root)') frames.push(this.#frameOf(node));
    }
    const stack = frames.toReversed();
    this.#stacks.set(nodeId, stack);
    return stack;
  }

  #frameOf(node: ProfileNode): Frame {
    const known = this.#frames.get(node.id);
    if (known !== undefined) return known;
    const frame = frameOf(node.callFrame);
    this.#frames.set(node.id, frame);
    return frame;
  }
}

/** The stacks of a profile with their times, each once. */
export function stacksOf(profile: CpuProfile, options: StackOptions = {}): readonly Stack[] {
  const table = new StackTable(profile);
  const totals = new Map<number, { samples: number; micros: number }>();
  for (const sample of samplesOf(profile)) {
    if (options.accepts !== undefined && !options.accepts(sample)) continue;
    const total = totals.get(sample.nodeId) ?? { samples: 0, micros: 0 };
    total.samples += 1;
    total.micros += sample.micros;
    totals.set(sample.nodeId, total);
  }
  return [...totals]
    .map(([nodeId, total]) => ({ frames: table.frames(nodeId), ...total }))
    .filter(({ frames }) => {
      const leaf = frames.at(-1);
      return leaf !== undefined && (options.hasIdle === true || leaf.category !== 'idle');
    });
}

export interface StackOptions {
  /** Also the time in which the process waited. Default false. */
  readonly hasIdle?: boolean;
  /** Only samples that it accepts. */
  readonly accepts?: (sample: Sample) => boolean;
}
