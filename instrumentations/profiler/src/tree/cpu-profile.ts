import { printable } from '@telltale/core';

/** A call frame as V8 writes it; lines and columns count from 0. */
export interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly hitCount?: number;
  readonly children?: readonly number[];
  /** Samples by line; lines count from 1. */
  readonly positionTicks?: readonly { readonly line: number; readonly ticks: number }[];
}

/** A CPU profile of V8 (`.cpuprofile`). Times are microseconds of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  /** Node ids, oldest first. */
  readonly samples: readonly number[];
  /** Time since the sample before; the first since `startTime`. */
  readonly timeDeltas: readonly number[];
}

/**
 * Reads the text of a `.cpuprofile`.
 *
 * @throws {Error} that says what is missing when the text is no profile
 */
export function parseCpuProfile(text: string): CpuProfile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // V8 quotes what it cannot read, which of another format may be anything.
    const reason = printable((cause as Error).message).replaceAll('\n', ' ');
    throw new Error(
      `Cannot read the profile: it is no JSON (${reason}); expected a .cpuprofile of V8`,
    );
  }
  const profile = value as Partial<CpuProfile> | null;
  const { nodes, samples, timeDeltas, startTime, endTime } = profile ?? {};
  if (!Array.isArray(nodes) || nodes.length === 0) {
    throw new Error('Cannot read the profile: it has no "nodes"; expected a .cpuprofile of V8');
  }
  if (typeof startTime !== 'number' || typeof endTime !== 'number') {
    throw new Error('Cannot read the profile: it has no "startTime" and "endTime"');
  }
  const damaged = nodes.findIndex((node) => !isNode(node));
  if (damaged >= 0) {
    throw new Error(
      `Cannot read the profile: entry ${damaged} of "nodes" is no node; expected "id" and "callFrame"`,
    );
  }
  return {
    nodes,
    startTime,
    endTime,
    samples: numbers(samples, 'samples'),
    timeDeltas: numbers(timeDeltas, 'timeDeltas'),
  };
}

function isNode(value: unknown): value is ProfileNode {
  const { id, callFrame, children } = (value ?? {}) as Partial<ProfileNode>;
  return (
    typeof id === 'number' &&
    typeof callFrame?.functionName === 'string' &&
    typeof callFrame.url === 'string' &&
    (children === undefined || Array.isArray(children))
  );
}

function numbers(values: unknown, name: string): readonly number[] {
  if (values === undefined) return [];
  if (Array.isArray(values) && values.every((value) => typeof value === 'number')) return values;
  throw new Error(`Cannot read the profile: "${name}" is no list of numbers`);
}
