import type { ProfileFormat } from './formats.ts';
import { renderFolded } from './render/folded.ts';
import { type LabelledStack, renderPprof } from './render/pprof.ts';
import { renderSpeedscope } from './render/speedscope.ts';
import { renderFlamegraph } from './render/svg/flamegraph.ts';
import { renderSpans, renderText } from './render/text.ts';
import { type SpanTime, spanTimes, stacksBySpan } from './spans/by-span.ts';
import type { SpanInterval } from './spans/span-interval.ts';
import type { CpuProfile } from './tree/cpu-profile.ts';
import type { Frame } from './tree/frame.ts';
import { type ProfileTree, profileTree } from './tree/profile-tree.ts';
import { stacksOf } from './tree/samples.ts';
import { type ProfileStatistics, statisticsOf } from './tree/statistics.ts';

/** One thread's part of a recording. */
export interface ThreadProfile {
  /** `main`, or the name or number of a worker thread. */
  readonly thread: string;
  readonly profile: CpuProfile;
}

export interface ProfileDetails {
  /** What was profiled, for titles. */
  readonly title: string;
  /** When it began, in milliseconds since the epoch. */
  readonly startMs: number;
  /** Whether time in which the process waited is shown. */
  readonly hasIdle: boolean;
  /** Spans of the time, so that each stack finds its own. */
  readonly spans?: readonly SpanInterval[];
  /** The span of each sample of the main thread, by its id, where it is known exactly. */
  readonly sampleSpans?: readonly (string | undefined)[];
}

/** A recorded profile, and everything it can be written as. Rendering is synchronous. */
export class Profile {
  readonly threads: readonly ThreadProfile[];
  readonly details: ProfileDetails;

  /** @param threads the main thread first */
  constructor(threads: readonly ThreadProfile[], details: ProfileDetails) {
    this.threads = threads;
    this.details = details;
  }

  /** The main thread, as V8 recorded it. */
  get main(): CpuProfile {
    const first = this.threads[0];
    if (first === undefined) throw new Error('Cannot show the profile: no thread was recorded');
    return first.profile;
  }

  /** Stacks of all threads; with more than one, each below a frame that names its thread. */
  stacks(): readonly LabelledStack[] {
    const { hasIdle, spans = [] } = this.details;
    const main = spans.length > 0 ? this.#labelled(spans) : stacksOf(this.main, { hasIdle });
    if (this.threads.length === 1) return main;
    const others = this.threads.slice(1);
    return [
      ...main.map((stack) => belowThread('main', stack)),
      ...others.flatMap(({ thread, profile }) =>
        stacksOf(profile, { hasIdle }).map((stack) => belowThread(thread, stack)),
      ),
    ];
  }

  /** Which spans the time of the main thread went to; empty without spans. */
  spanTimes(): readonly SpanTime[] {
    const { hasIdle, spans = [], sampleSpans } = this.details;
    return spanTimes(stacksBySpan(this.main, spans, { hasIdle, sampleSpans }));
  }

  #labelled(spans: readonly SpanInterval[]): readonly LabelledStack[] {
    const { hasIdle, sampleSpans } = this.details;
    const stacks = stacksBySpan(this.main, spans, { hasIdle, sampleSpans });
    return stacks.map(({ span, isConcurrent, ...stack }) => ({
      ...stack,
      labels: {
        ...(span === undefined
          ? {}
          : { span_name: span.name, span_id: span.spanId, trace_id: span.traceId }),
        ...(isConcurrent ? { concurrent: 'true' } : {}),
      },
    }));
  }

  /** Figures of the main thread. */
  statistics(): ProfileStatistics {
    return statisticsOf(this.main);
  }

  toSvg(): string {
    const { hasIdle } = this.details;
    const hasThreads = this.threads.length > 1;
    const parts = this.threads.map(({ thread, profile }) =>
      hasThreads ? { profile, below: threadFrame(thread) } : { profile },
    );
    const tree = profileTree(parts, { hasIdle });
    return renderFlamegraph(tree.root, {
      title: this.details.title,
      subtitle: this.#subtitle(tree),
      format: (micros) => `${(micros / 1000).toFixed(1)} ms`,
    });
  }

  toText(): string {
    const others = this.threads.slice(1).map(({ thread, profile }) => {
      return `\n${thread}\n${renderText(statisticsOf(profile), 5)}`;
    });
    return `${this.details.title}\n${renderText(this.statistics())}${renderSpans(this.spanTimes())}${others.join('')}`;
  }

  toJson(): string {
    return `${JSON.stringify({ title: this.details.title, ...this.statistics(), spans: this.spanTimes() }, undefined, 2)}\n`;
  }

  toCpuProfile(): string {
    return JSON.stringify(this.main);
  }

  toPprof(): Uint8Array<ArrayBuffer> {
    const { startMs, hasIdle } = this.details;
    const timeKind = hasIdle ? 'wall' : 'cpu';
    return renderPprof(this.stacks(), this.main, { timeKind, startMs });
  }

  toSpeedscope(): string {
    const { title: name, hasIdle } = this.details;
    return renderSpeedscope(this.main, { name, hasIdle });
  }

  toFolded(): string {
    return renderFolded(this.stacks());
  }

  render(format: ProfileFormat): string | Uint8Array<ArrayBuffer> {
    const renderers: Readonly<Record<ProfileFormat, () => string | Uint8Array<ArrayBuffer>>> = {
      svg: () => this.toSvg(),
      text: () => this.toText(),
      json: () => this.toJson(),
      cpuprofile: () => this.toCpuProfile(),
      pprof: () => this.toPprof(),
      speedscope: () => this.toSpeedscope(),
      folded: () => this.toFolded(),
    };
    return renderers[format]();
  }

  #subtitle({ root, samples }: ProfileTree): string {
    const { startTime, endTime } = this.main;
    const busyMicros = root.total;
    const seconds = (micros: number): string => `${(micros / 1e6).toFixed(2)} s`;
    const shown = this.details.hasIdle ? 'shown' : 'busy';
    return `${new Date(this.details.startMs).toISOString()}, ${seconds(endTime - startTime)} recorded, ${seconds(busyMicros)} ${shown}, ${samples} samples`;
  }
}

const belowThread = (thread: string, stack: LabelledStack): LabelledStack => ({
  ...stack,
  frames: [threadFrame(thread), ...stack.frames],
});

const threadFrame = (thread: string): Frame => ({
  name: thread,
  file: '',
  line: 0,
  column: 0,
  category: 'node',
});
