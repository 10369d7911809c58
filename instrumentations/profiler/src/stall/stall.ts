import type { CpuProfile } from '../tree/cpu-profile.ts';
import { type Frame, frameText } from '../tree/frame.ts';
import { type Stack, stacksOf } from '../tree/samples.ts';

/** What blocked the event loop. */
export interface Stall {
  /** From the last sign of life to the next. */
  readonly lagMs: number;
  /** The function that ran longest; absent where no JavaScript was seen. */
  readonly topFrame: Frame | undefined;
  /** The five longest stacks, innermost first, as text. */
  readonly stacks: readonly string[];
  readonly summary: string;
}

const STACKS_MAX = 5;
const FRAMES_MAX = 12;
/** Fewer samples than this share of the time say nothing about it. */
const SEEN_SHARE_MIN = 0.2;

const NATIVE =
  'native code, garbage collection or synchronous I/O: no JavaScript stack was seen while it lasted';

/** Puts a capture into words, honestly: a native block has no JavaScript stack. */
export function describeStall(lagMs: number, profile: CpuProfile | undefined): Stall {
  const stacks = profile === undefined ? [] : longestFirst(stacksOf(profile));
  const seenMs = stacks.reduce((sum, { micros }) => sum + micros / 1000, 0);
  const isSeen = seenMs >= lagMs * SEEN_SHARE_MIN;
  const topFrame = isSeen ? topOf(stacks) : undefined;
  const blocked = `The event loop was blocked for ${Math.round(lagMs)} ms by`;
  return {
    lagMs,
    topFrame,
    stacks: isSeen ? stacks.slice(0, STACKS_MAX).map(stackText) : [],
    summary: topFrame === undefined ? `${blocked} ${NATIVE}` : `${blocked} ${frameText(topFrame)}`,
  };
}

const longestFirst = (stacks: readonly Stack[]): readonly Stack[] =>
  [...stacks].sort((a, b) => b.micros - a.micros);

/** The leaf that ran longest, native helpers of V8 passed over for the function that called them. */
function topOf(stacks: readonly Stack[]): Frame | undefined {
  const times = new Map<string, { frame: Frame; micros: number }>();
  for (const { frames, micros } of stacks) {
    const frame = frames.findLast(({ category }) => category !== 'native') ?? frames.at(-1);
    if (frame === undefined) continue;
    const key = frameText(frame);
    const time = times.get(key) ?? { frame, micros: 0 };
    time.micros += micros;
    times.set(key, time);
  }
  return [...times.values()].sort((a, b) => b.micros - a.micros)[0]?.frame;
}

const stackText = ({ frames, micros }: Stack): string =>
  `${Math.round(micros / 1000)} ms ${frames.slice(-FRAMES_MAX).toReversed().map(frameText).join(' < ')}`;
