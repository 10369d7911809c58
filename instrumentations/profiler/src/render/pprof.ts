import { gzipSync } from 'node:zlib';

import {
  Label,
  Line,
  Location,
  Function as PprofFunction,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';

import type { CpuProfile } from '../tree/cpu-profile.ts';
import { type Frame, frameKey } from '../tree/frame.ts';
import type { Stack } from '../tree/samples.ts';

const NANOS_PER_MICRO = 1000;

/** A stack with labels, such as the span in which it was seen. */
export interface LabelledStack extends Stack {
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PprofOptions {
  /** `cpu` of time on the CPU, `wall` where idle time is among the stacks, `inuse_space` of bytes. */
  readonly timeKind: 'cpu' | 'wall' | 'inuse_space';
  /** When the profile began, in milliseconds since the epoch. */
  readonly startMs: number;
}

/** A gzipped profile for `go tool pprof`, Pyroscope and Parca. */
export function renderPprof(
  stacks: readonly LabelledStack[],
  { startTime, endTime, samples }: Pick<CpuProfile, 'startTime' | 'endTime' | 'samples'>,
  { timeKind, startMs }: PprofOptions,
): Uint8Array<ArrayBuffer> {
  const isMemory = timeKind === 'inuse_space';
  const unit = isMemory ? 'bytes' : 'nanoseconds';
  const builder = new Builder(isMemory ? 1 : NANOS_PER_MICRO);
  const durationMicros = Math.max(0, endTime - startTime);
  const intervalMicros = samples.length === 0 ? 0 : durationMicros / samples.length;
  const profile = new Profile({
    sampleType: [builder.type('samples', 'count'), builder.type(timeKind, unit)],
    sample: stacks.map((stack) => builder.sample(stack)),
    location: builder.locations,
    function: builder.functions,
    stringTable: builder.strings,
    timeNanos: BigInt(Math.round(startMs)) * 1_000_000n,
    durationNanos: Math.round(durationMicros * NANOS_PER_MICRO),
    periodType: builder.type(timeKind, unit),
    period: Math.round(intervalMicros * NANOS_PER_MICRO),
  });
  return Uint8Array.from(gzipSync(profile.encode()));
}

class Builder {
  readonly #scale: number;
  readonly strings = new StringTable();
  readonly functions: PprofFunction[] = [];
  readonly locations: Location[] = [];
  readonly #ids = new Map<string, number>();

  /** @param scale from the weight of a stack to the unit of the file */
  constructor(scale: number) {
    this.#scale = scale;
  }

  type(type: string, unit: string): ValueType {
    return new ValueType({ type: this.strings.dedup(type), unit: this.strings.dedup(unit) });
  }

  sample({ frames, samples, micros, labels = {} }: LabelledStack): Sample {
    return new Sample({
      // Innermost first.
      locationId: frames.toReversed().map((frame) => this.#location(frame)),
      value: [samples, Math.round(micros * this.#scale)],
      label: Object.entries(labels).map(
        ([key, text]) => new Label({ key: this.strings.dedup(key), str: this.strings.dedup(text) }),
      ),
    });
  }

  #location(frame: Frame): number {
    const key = frameKey(frame);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size + 1;
    this.#ids.set(key, id);
    const name = this.strings.dedup(frame.name);
    this.functions.push(
      new PprofFunction({
        id,
        name,
        systemName: name,
        filename: this.strings.dedup(frame.file),
        startLine: frame.line,
      }),
    );
    this.locations.push(
      new Location({ id, line: [new Line({ functionId: id, line: frame.line })] }),
    );
    return id;
  }
}
