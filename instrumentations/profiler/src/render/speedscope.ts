import type { CpuProfile } from '../tree/cpu-profile.ts';
import { frameKey } from '../tree/frame.ts';
import { StackTable, samplesOf } from '../tree/samples.ts';

interface SpeedscopeFrame {
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly col?: number;
}

/** A file for https://www.speedscope.app: every sample in time, idle ones too where asked for. */
export function renderSpeedscope(
  profile: CpuProfile,
  { name, hasIdle = false }: { readonly name: string; readonly hasIdle?: boolean },
): string {
  const table = new StackTable(profile);
  const frames: SpeedscopeFrame[] = [];
  const indices = new Map<string, number>();
  const samples: number[][] = [];
  const weights: number[] = [];
  for (const { nodeId, micros } of samplesOf(profile)) {
    const stack = table.frames(nodeId);
    if (!hasIdle && stack.at(-1)?.category === 'idle') continue;
    const indexed = stack.map((frame) => {
      const key = frameKey(frame);
      const known = indices.get(key);
      if (known !== undefined) return known;
      const { file, line, column } = frame;
      const place = file === '' ? {} : { file, line, col: column };
      const index = frames.push({ name: frame.name, ...place }) - 1;
      indices.set(key, index);
      return index;
    });
    samples.push(indexed);
    weights.push(micros);
  }
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'telltale',
    name,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [
      {
        type: 'sampled',
        name,
        unit: 'microseconds',
        startValue: 0,
        endValue: weights.reduce((sum, weight) => sum + weight, 0),
        samples,
        weights,
      },
    ],
  });
}
