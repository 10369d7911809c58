import { type Baseline, SeededRandom } from '@telltale/statistics';

import { activeSpan } from '../compare/examples/span-link.ts';
import { type CompoundStatus, compoundStatus } from '../compound/compound-status.ts';
import { CompoundStreams } from '../compound/compound-streams.ts';
import { Diagnostics } from '../diagnostics.ts';
import { hourOfWeek, seasonName } from '../season.ts';
import { streamStatus } from '../stream/status.ts';
import type { StreamHost } from '../stream/stream-host.ts';
import { streamId } from '../stream/stream-id.ts';
import { StreamMonitor } from '../stream/stream-monitor.ts';
import type { StreamSnapshot } from '../stream/stream-snapshot.ts';
import type { StreamStatus } from '../stream/stream-status.ts';
import { profileOptions, StreamOptionsTable } from '../stream-settings.ts';
import {
  ASPECTS,
  COMPOUND_KINDS,
  type CompoundKind,
  type DriftOptions,
  type DriftStream,
  type DriftTransition,
  type SpanLink,
  type StreamKey,
  type StreamKind,
} from '../types.ts';
import { DeclaredStreams } from './declared-streams.ts';
import { type DriftSnapshot, SNAPSHOT_SCHEMA } from './snapshot.ts';
import { StreamFiles } from './stream-files.ts';
import { StreamTable } from './stream-table.ts';

export type TransitionListener = (transition: DriftTransition) => void;
export type BaselineListener = (stream: StreamMonitor, baseline: Baseline) => void;

/** Streams whose key has all of these fields; `{}` means all. */
export type StreamSelector = { readonly [field in keyof StreamKey]?: StreamKey[field] | undefined };

/** Streams with 168 seasons each need more room: by default that of sixteen. */
const SEASONAL_STREAMS_MAX = 16 * 168;
const LOOK_EVERY_RECORDS = 1024;
const ACKNOWLEDGED_BY_LENGTH_MAX = 256;

interface LearnedBaseline {
  readonly stream: StreamMonitor;
  readonly baseline: Baseline;
}

/** All streams of a process, and the promise about false alarms that they share. */
export class DriftMonitor {
  readonly options: DriftOptions;
  /** Tells the application once what it should know. */
  readonly diagnostics: Diagnostics;
  readonly #streams: StreamTable;
  readonly #compounds: CompoundStreams;
  readonly #listeners = new Set<TransitionListener>();
  readonly #evaluationListeners = new Set<() => void>();
  readonly #streamListeners = new Set<(stream: StreamMonitor) => void>();
  readonly #baselineListeners = new Set<(learned: LearnedBaseline) => void>();
  /** What all streams need of the monitor, once for all of them. */
  readonly #host: StreamHost<StreamMonitor>;
  #keepsHistograms = false;
  readonly #declared = new DeclaredStreams();
  #failures = 0;

  /** @param spanOf the span that a value is observed in, asked only for outlying values */
  constructor(
    options: Partial<DriftOptions> = {},
    spanOf: () => SpanLink | undefined = activeSpan,
  ) {
    const roomy = options.seasonal === 'hour-of-week' ? { streamsMax: SEASONAL_STREAMS_MAX } : {};
    const profile = profileOptions(options.profile);
    this.options = { ...profile, ...roomy, ...options };
    const ofStreams = new StreamOptionsTable(this.options);
    const { stateDir } = this.options;
    this.diagnostics = new Diagnostics(this.options.onDiagnostic);
    this.#host = this.#hostOf(spanOf, ofStreams);
    this.#streams = new StreamTable({
      options: this.options,
      diagnostics: this.diagnostics,
      archive: stateDir === undefined ? undefined : new StreamFiles(stateDir, this.options),
      create: (key, kind, snapshot) => this.#create(key, kind, snapshot),
      onAdded: (stream) => this.#tell(this.#streamListeners, stream),
    });
    this.#compounds = new CompoundStreams({
      options: this.options,
      streamOf: (key, kind) => this.stream(key, kind),
      onFailure: () => {
        this.#failures += 1;
      },
    });
  }

  /** How often a stream was asked for beyond the limit. */
  get overflowed(): number {
    return this.#streams.overflowed;
  }

  /** Values and listeners that failed inside; the application saw nothing of it. */
  get failures(): number {
    return this.#failures;
  }

  streams(): Iterable<StreamMonitor> {
    return this.#streams.values();
  }

  /** The stream of a key, made at its first use; with seasons, that of the season at each value. */
  stream(key: StreamKey, kind: StreamKind | CompoundKind): DriftStream {
    this.#declared.add(key);
    return this.#streamOf(key, kind);
  }

  /** As `stream`, where the kind was guessed from values: it is not known that they are probabilities. */
  guessedStream(key: StreamKey, kind: StreamKind): DriftStream {
    return this.#streamOf(key, kind);
  }

  /** Whether the kind of values of a stream was declared. */
  isDeclared({ key }: StreamMonitor): boolean {
    return this.#declared.has(key);
  }

  #streamOf(key: StreamKey, kind: StreamKind | CompoundKind): DriftStream {
    if (isCompound(kind)) return this.#compounds.stream(key, kind);
    return this.options.seasonal === 'none'
      ? this.#plainStream(key, kind)
      : this.#seasonalStream(key, kind);
  }

  onTransition(listener: TransitionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called whenever some stream is evaluated: every fiftieth of a window. */
  onEvaluation(listener: () => void): () => void {
    this.#evaluationListeners.add(listener);
    return () => this.#evaluationListeners.delete(listener);
  }

  /** Called with every stream there is, and with each new one before its first value. */
  onStream(listener: (stream: StreamMonitor) => void): () => void {
    this.#streamListeners.add(listener);
    for (const stream of this.#streams.values()) this.#tell(new Set([listener]), stream);
    return () => this.#streamListeners.delete(listener);
  }

  /** Called when a stream has learned a baseline, not when it was given one. */
  onBaseline(listener: BaselineListener): () => void {
    const listen = ({ stream, baseline }: LearnedBaseline): void => listener(stream, baseline);
    this.#baselineListeners.add(listen);
    return () => this.#baselineListeners.delete(listen);
  }

  /** The stream of exactly this key, if there is one. */
  find(key: StreamKey): StreamMonitor | undefined {
    return this.#streams.find(streamId(key));
  }

  /** The streams that a selector means. */
  select(selector: StreamSelector = {}): readonly StreamMonitor[] {
    const wanted = Object.entries(selector).filter(([, value]) => value !== undefined);
    return [...this.#streams.values()].filter(({ key }) =>
      wanted.every(([field, value]) => key[field as keyof StreamKey] === value),
    );
  }

  /** The status of the streams that a selector means. */
  status(selector: StreamSelector = {}): readonly StreamStatus[] {
    return this.select(selector).map(streamStatus);
  }

  /** Counts the values of all streams of numbers from now on, for `createDriftMetricProducer`. */
  keepHistograms(): void {
    this.#keepsHistograms = true;
    for (const stream of this.#streams.values()) stream.keepHistogram();
  }

  /** Streams of values with many numbers: the mean evidence and the worst state of their parts. */
  compounds(): readonly CompoundStatus[] {
    return [...this.#compounds.list()].map((compound) =>
      compoundStatus(compound, this.select({ ...compound.key, name: undefined })),
    );
  }

  /**
   * Forgets what was seen, for one stream or all.
   *
   * @returns how many streams were reset
   */
  reset(what: { readonly stream?: StreamSelector; readonly keepBaseline?: boolean } = {}): number {
    const selected = this.select(what.stream);
    for (const monitor of selected) monitor.reset(what.keepBaseline ?? true);
    return selected.length;
  }

  /**
   * Learns a new baseline, for one stream or all. The old one stays in force until the new one is
   * accepted.
   *
   * @returns how many streams learn now
   */
  rebaseline(what: { readonly stream?: StreamSelector } = {}): number {
    const selected = this.select(what.stream);
    for (const monitor of selected) monitor.relearn();
    return selected.length;
  }

  /**
   * Marks incidents as seen; states stay as they are.
   *
   * @returns how many streams had an incident to mark
   */
  acknowledge(what: { readonly stream?: StreamSelector; readonly by: string }): number {
    const by = what.by.slice(0, ACKNOWLEDGED_BY_LENGTH_MAX);
    const timeMs = this.options.now();
    return this.select(what.stream).filter((monitor) =>
      monitor
        .aspects()
        // Not `some`, which ends at the first that says yes: every aspect is to be marked.
        .map((aspect) => aspect.acknowledge({ by, timeMs }))
        .includes(true),
    ).length;
  }

  /** Everything as JSON, or the streams that are wanted. */
  snapshot(isWanted: (stream: StreamMonitor) => boolean = () => true): DriftSnapshot {
    return {
      schema: SNAPSHOT_SCHEMA,
      window: this.options.window,
      overflowed: this.#streams.overflowed,
      streams: [...this.#streams.values()].filter(isWanted).map((monitor) => monitor.snapshot()),
      compounds: this.#compounds.snapshot(),
    };
  }

  /**
   * Goes on where a snapshot was taken. One of another version, of another window or damaged is not
   * taken, and everything stays as it is.
   *
   * @returns whether the snapshot was taken
   */
  restore(snapshot: unknown): boolean {
    const { schema, window, streams, overflowed, compounds } = (snapshot ??
      {}) as Partial<DriftSnapshot>;
    if (schema !== SNAPSHOT_SCHEMA || window !== this.options.window || !Array.isArray(streams)) {
      return false;
    }
    try {
      const restored = (streams as readonly StreamSnapshot[]).map((stream) =>
        this.#create(stream.key, stream.kind, stream),
      );
      const restoreCompounds = this.#compounds.prepareRestore(compounds ?? []);
      // What can fail is done: a damaged snapshot leaves everything as it is.
      this.#streams.replace(restored);
      restoreCompounds();
      this.#streams.overflowed = overflowed ?? 0;
      for (const monitor of restored) this.#tell(this.#streamListeners, monitor);
      return true;
    } catch {
      return false;
    }
  }

  #plainStream(key: StreamKey, kind: StreamKind): DriftStream {
    const own = streamId(key);
    const streams = this.#streams;
    let departures = streams.departures;
    let stream = streams.obtain(key, kind);
    let isShared = streamId(stream.key) !== own;
    let shared = 0;
    return {
      observe: (value, block) => {
        try {
          // A name that shares a stream checks from time to time whether there is room for its own.
          const isTimeToLook = isShared && ++shared % LOOK_EVERY_RECORDS === 0;
          // `restore` replaces monitors under the hands of their writers.
          if (isTimeToLook || departures !== streams.departures) {
            stream = streams.obtain(key, kind);
            departures = streams.departures;
            isShared = streamId(stream.key) !== own;
          }
          stream.observe(value, block);
        } catch {
          this.#failures += 1;
        }
      },
    };
  }

  /** Streams of seasons are made as their hours come. */
  #seasonalStream(key: StreamKey, kind: StreamKind): DriftStream {
    const seasons: DriftStream[] = [];
    return {
      observe: (value, block) => {
        try {
          const hour = hourOfWeek(this.options.now());
          const season = seasonName(hour);
          (seasons[hour] ??= this.#plainStream({ ...key, season }, kind)).observe(value, block);
        } catch {
          this.#failures += 1;
        }
      },
    };
  }

  #create(key: StreamKey, kind: StreamKind, snapshot?: StreamSnapshot): StreamMonitor {
    const random =
      snapshot === undefined
        ? generatorOf(streamId(key), this.options.seed)
        : SeededRandom.restore(snapshot.random);
    const created = new StreamMonitor({ key, kind, random, host: this.#host }, snapshot);
    if (this.#keepsHistograms) created.keepHistogram();
    return created;
  }

  #hostOf(
    spanOf: StreamHost<StreamMonitor>['spanOf'],
    ofStreams: StreamOptionsTable,
  ): StreamHost<StreamMonitor> {
    return {
      optionsOf: (key) => ofStreams.of(key),
      diagnostics: this.diagnostics,
      spanOf,
      family: () => this.#streams.concurrent * ASPECTS.length,
      onTransition: (transition) => this.#tell(this.#listeners, transition),
      onEvaluation: () => this.#tell(this.#evaluationListeners, undefined),
      onBaseline: (stream, baseline) => this.#tell(this.#baselineListeners, { stream, baseline }),
      schedule: (work) => this.options.schedule(() => this.#guard(work)),
    };
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch {
      this.#failures += 1;
    }
  }

  #tell<T>(listeners: ReadonlySet<(message: T) => void>, message: T): void {
    for (const listener of listeners) {
      try {
        listener(message);
      } catch {
        this.#failures += 1;
      }
    }
  }
}

const isCompound = (kind: StreamKind | CompoundKind): kind is CompoundKind =>
  COMPOUND_KINDS.some((compound) => compound === kind);

/** One generator a stream: what one stream draws never moves another. */
function generatorOf(id: string, seed: number): SeededRandom {
  // FNV-1a of 32 bits.
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return new SeededRandom(hash ^ seed);
}
