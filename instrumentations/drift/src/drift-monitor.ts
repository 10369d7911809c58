import { SeededRandom } from '@telltale/statistics';

import { StreamMonitor } from './stream-monitor.ts';
import {
  ASPECTS,
  DRIFT_DEFAULTS,
  type DriftOptions,
  type DriftTransition,
  type SpanLink,
  type StreamKey,
  type StreamKind,
} from './types.ts';

export type TransitionListener = (transition: DriftTransition) => void;

/** A stream as its writers see it. */
export interface DriftStream {
  /** Takes one value. Never throws, whatever it is given. */
  observe(value: unknown): void;
}

/** Key that all streams beyond the limit share. */
const OVERFLOW: StreamKey = { model: '_OTHER', version: '', name: '_OTHER', direction: 'input' };

/** All streams of a process, and the promise about false alarms that they share. */
export class DriftMonitor {
  readonly options: DriftOptions;
  readonly #streams = new Map<string, StreamMonitor>();
  readonly #listeners = new Set<TransitionListener>();
  readonly #spanOf: () => SpanLink | undefined;
  #overflowed = 0;
  #failures = 0;

  /** @param spanOf the span that a value is observed in, asked only for outlying values */
  constructor(
    options: Partial<DriftOptions> = {},
    spanOf: () => SpanLink | undefined = () => undefined,
  ) {
    this.options = { ...DRIFT_DEFAULTS, ...options };
    this.#spanOf = spanOf;
  }

  /** How often a stream was asked for beyond the limit. */
  get overflowed(): number {
    return this.#overflowed;
  }

  /** Values and listeners that failed inside; the application saw nothing of it. */
  get failures(): number {
    return this.#failures;
  }

  streams(): Iterable<StreamMonitor> {
    return this.#streams.values();
  }

  /** The stream of a key, made at its first use. */
  stream(key: StreamKey, kind: StreamKind): DriftStream {
    const monitor = this.#monitorOf(key, kind);
    return {
      observe: (value) => {
        try {
          monitor.observe(value);
        } catch {
          this.#failures += 1;
        }
      },
    };
  }

  onTransition(listener: TransitionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #monitorOf(key: StreamKey, kind: StreamKind): StreamMonitor {
    const id = streamId(key);
    const known = this.#streams.get(id);
    if (known !== undefined) return known;
    if (this.#streams.size >= this.options.streamsMax && id !== streamId(OVERFLOW)) {
      this.#overflowed += 1;
      return this.#monitorOf(OVERFLOW, 'categorical');
    }
    const created = new StreamMonitor({
      key,
      kind,
      options: this.options,
      random: generatorOf(id, this.options.seed),
      spanOf: this.#spanOf,
      family: () => this.#streams.size * ASPECTS.length,
      onTransition: (transition) => this.#tell(transition),
    });
    this.#streams.set(id, created);
    return created;
  }

  #tell(transition: DriftTransition): void {
    for (const listener of this.#listeners) {
      try {
        listener(transition);
      } catch {
        this.#failures += 1;
      }
    }
  }
}

export const streamId = ({ model, version, name, direction, segment = '' }: StreamKey): string =>
  [model, version, direction, name, segment].join('\u0000');

/** One generator a stream: what one stream draws never moves another. */
function generatorOf(id: string, seed: number): SeededRandom {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return new SeededRandom(hash ^ seed);
}
