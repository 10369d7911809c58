import type { CallFrame, CpuProfile, ProfileNode } from '../tree/cpu-profile.ts';
import type { WallProfile } from './wall-profiler.ts';

/** A sample and what it was taken in. */
export interface TakenSample {
  /** When, in microseconds of the monotonic clock. */
  readonly atMicros: number;
  readonly spanId: string | undefined;
}

/** A CPU profile whose samples know their span. */
export interface ExactProfile {
  readonly profile: CpuProfile;
  /** The span of each sample, in the order of `profile.samples`. */
  readonly sampleSpans: readonly (string | undefined)[];
}

export interface ExactProfileInputs {
  readonly taken: readonly TakenSample[];
  /** The name of the label that holds the place of a sample in `taken`. */
  readonly label: string;
  readonly intervalMicros: number;
  readonly startMicros: number;
  readonly endMicros: number;
}

/** A longer time without a sample is time in which the process waited. */
const GAP_INTERVALS = 2.5;

/** What the profiler and V8 call the same thing. */
const NAMES_OF_V8: Readonly<Record<string, string>> = {
  'Garbage Collection': '(garbage collector)',
  'Non JS threads activity': '(program)',
  '(anonymous)': '',
};

/** Anonymous functions have no name in V8's profiles: their file and line say which one it is. */
const nameOfV8 = (name: string): string =>
  name.startsWith('(anonymous:') ? '' : (NAMES_OF_V8[name] ?? name);

/** Puts samples into their order in time, as a profile of V8 has them, with idle time between. */
export function exactProfile(
  wall: WallProfile,
  { taken, label, intervalMicros, startMicros, endMicros }: ExactProfileInputs,
): ExactProfile {
  const tree = new NodeTree();
  const stackOf = stackReader(wall);
  const placeOf = labelReader(wall, label);
  const samples = wall.sample
    .flatMap((sample) => {
      const own = taken[placeOf(sample) ?? -1];
      return own === undefined ? [] : [{ ...own, nodeId: tree.add(stackOf(sample)) }];
    })
    .toSorted((left, right) => left.atMicros - right.atMicros);
  const idleId = tree.add([frameNamed('(idle)')]);
  const filled = samples.flatMap((sample, index) => {
    const next = samples[index + 1]?.atMicros ?? endMicros;
    if (next - sample.atMicros <= intervalMicros * GAP_INTERVALS) return [sample];
    const idle = {
      atMicros: sample.atMicros + intervalMicros,
      spanId: undefined,
      nodeId: idleId,
    };
    return [sample, idle];
  });
  return {
    profile: {
      nodes: tree.nodes(),
      startTime: startMicros,
      endTime: endMicros,
      samples: filled.map(({ nodeId }) => nodeId),
      timeDeltas: filled.map(
        ({ atMicros }, index) => atMicros - (filled[index - 1]?.atMicros ?? startMicros),
      ),
    },
    sampleSpans: filled.map(({ spanId }) => spanId),
  };
}

type WallSample = WallProfile['sample'][number];

function labelReader(
  { stringTable }: WallProfile,
  name: string,
): (sample: WallSample) => number | undefined {
  const key = stringTable.strings.indexOf(name);
  return ({ label }) => {
    const found = label.find((each) => Number(each.key) === key);
    return found === undefined ? undefined : Number(found.num);
  };
}

/** Outermost first. */
function stackReader(wall: WallProfile): (sample: WallSample) => readonly CallFrame[] {
  const text = (index: number | bigint): string => wall.stringTable.strings[Number(index)] ?? '';
  const functions = new Map(
    wall.function.map(({ id, name, filename }) => [Number(id), { name, filename }]),
  );
  const frames = new Map(
    wall.location.map(({ id, line: [first] }): [number, CallFrame] => {
      const named = functions.get(Number(first?.functionId ?? 0));
      const name = text(named?.name ?? 0);
      const lineNumber = Math.max(0, Number(first?.line ?? 1) - 1);
      const url = text(named?.filename ?? 0);
      return [Number(id), { ...frameNamed(nameOfV8(name)), url, lineNumber }];
    }),
  );
  return ({ locationId }) => locationId.toReversed().flatMap((id) => frames.get(Number(id)) ?? []);
}

const frameNamed = (functionName: string): CallFrame => ({
  functionName,
  scriptId: '0',
  url: '',
  lineNumber: 0,
  columnNumber: 0,
});

interface GrowingNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children: Map<string, GrowingNode>;
}

/** The nodes of all stacks, each once. */
class NodeTree {
  readonly #root: GrowingNode = { id: 1, callFrame: frameNamed('(root)'), children: new Map() };
  readonly #all: GrowingNode[] = [this.#root];

  /** @returns the id of the innermost frame */
  add(stack: readonly CallFrame[]): number {
    let node = this.#root;
    for (const callFrame of stack) {
      const key = JSON.stringify([callFrame.functionName, callFrame.url, callFrame.lineNumber]);
      let child = node.children.get(key);
      if (child === undefined) {
        child = { id: this.#all.length + 1, callFrame, children: new Map() };
        this.#all.push(child);
        node.children.set(key, child);
      }
      node = child;
    }
    return node.id;
  }

  nodes(): readonly ProfileNode[] {
    return this.#all.map(({ id, callFrame, children }) => ({
      id,
      callFrame,
      children: [...children.values()].map((child) => child.id),
    }));
  }
}
