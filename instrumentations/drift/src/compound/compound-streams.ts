import { streamId } from '../stream/stream-id.ts';
import type { CompoundKind, DriftOptions, DriftStream, StreamKey, StreamKind } from '../types.ts';
import { Unusable } from '../unusable.ts';
import type { CompoundSnapshot } from './compound-snapshot.ts';
import { EmbeddingParts } from './embedding-parts.ts';
import { ProbabilityParts } from './probability-parts.ts';
import { TextParts } from './text-parts.ts';
import type { PartState, ValueParts } from './value-parts.ts';

interface Prepared {
  readonly key: StreamKey;
  readonly kind: CompoundKind;
  readonly parts: ValueParts;
}

interface Compound extends Prepared {
  readonly streams: readonly DriftStream[];
}

export interface CompoundParts {
  readonly options: DriftOptions;
  /** The stream that watches one number. */
  readonly streamOf: (key: StreamKey, kind: StreamKind) => DriftStream;
  readonly onFailure: () => void;
}

/** Streams of values with many numbers, each of which has a stream of its own. */
export class CompoundStreams {
  readonly #parts: CompoundParts;
  readonly #compounds = new Map<string, Compound>();

  constructor(parts: CompoundParts) {
    this.#parts = parts;
  }

  stream(key: StreamKey, kind: CompoundKind): DriftStream {
    const id = streamId(key);
    const fresh = (): Prepared => this.#prepare({ key, kind, state: null });
    if (!this.#compounds.has(id)) this.#add(fresh());
    return {
      observe: (value, block) => {
        try {
          const compound = this.#compounds.get(id) ?? this.#add(fresh());
          if (compound !== undefined) observe(compound, value, block);
        } catch {
          this.#parts.onFailure();
        }
      },
    };
  }

  /** What is watched as a whole, with the names of its parts. */
  *list(): Iterable<{
    readonly key: StreamKey;
    readonly kind: CompoundKind;
    readonly names: readonly string[];
  }> {
    for (const { key, kind, parts } of this.#compounds.values()) {
      yield { key, kind, names: parts.parts.map(({ suffix }) => `${key.name}.${suffix}`) };
    }
  }

  snapshot(): readonly CompoundSnapshot[] {
    return [...this.#compounds.values()].map(({ key, kind, parts }) => ({
      key,
      kind,
      state: parts.state?.() ?? null,
    }));
  }

  /**
   * Makes ready what a snapshot holds, and changes nothing yet.
   *
   * @returns how to go on from it
   * @throws {TypeError} when the snapshot is damaged
   */
  prepareRestore(snapshots: readonly CompoundSnapshot[]): () => void {
    const prepared = snapshots.map((snapshot) => this.#prepare(snapshot));
    return () => {
      this.#compounds.clear();
      for (const one of prepared) this.#add(one);
    };
  }

  #prepare({ key, kind, state }: CompoundSnapshot): Prepared {
    const { options } = this.#parts;
    return { key, kind, parts: partsOf(kind, { key, state, options }) };
  }

  /** @returns nothing without room: the parts would share one stream, which says nothing */
  #add({ key, kind, parts }: Prepared): Compound | undefined {
    const { options, streamOf } = this.#parts;
    if (this.#compounds.size >= options.streamsMax) return undefined;
    const streams = parts.parts.map((part) =>
      streamOf({ ...key, name: `${key.name}.${part.suffix}` }, part.kind),
    );
    const compound = { key, kind, parts, streams };
    this.#compounds.set(streamId(key), compound);
    return compound;
  }
}

function observe({ parts, streams }: Compound, value: unknown, block?: string | number): void {
  const isMissing = value === null || value === undefined;
  const problem = isMissing ? undefined : parts.split(value);
  const whole = isMissing || problem === undefined ? null : new Unusable(problem);
  const isSplit = !isMissing && problem === undefined;
  for (let index = 0; index < streams.length; index += 1) {
    if (!isSplit) streams[index]?.observe(whole, block);
    else if (parts.values[index] !== undefined) streams[index]?.observe(parts.values[index], block);
  }
}

function partsOf(
  kind: CompoundKind,
  of: {
    readonly key: StreamKey;
    readonly state: PartState | null;
    readonly options: DriftOptions;
  },
): ValueParts {
  switch (kind) {
    case 'text':
      return new TextParts();
    case 'probabilities':
      return new ProbabilityParts();
    case 'embedding': {
      const { size, warmup } = of.options.baseline;
      const centroidSize = Math.max(1, Math.floor(size / 2));
      const options = { seed: seedOf(of.key.name), warmup, centroidSize };
      return new EmbeddingParts(options, of.state ?? undefined);
    }
  }
}

/** The same stream has the same projections in every process of a fleet. */
function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash;
}
