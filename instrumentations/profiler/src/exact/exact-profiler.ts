import type { Recording } from '../capture/record.ts';
import { type ExactProfile, exactProfile, type TakenSample } from './exact-profile.ts';
import type { SampleContext, WallProfiler } from './wall-profiler.ts';

const LABEL = 'telltale.sample';

/** The sampler wants to know for how long: to make room for so many samples. */
const DURATION_MS_MAX = 60_000;

const nowMicros = (): number => Number(process.hrtime.bigint() / 1000n);

/** Runs a function as work of a span, with everything asynchronous that comes of it. */
export type RunIn = <Result>(spanId: string | undefined, run: () => Result) => Result;

/** Records which span each sample was taken in, also where requests interleave. */
export class ExactProfiler {
  readonly #wall: WallProfiler;
  readonly #follow: (runIn: RunIn) => () => void;
  #isRecording = false;

  /** @param follow calls `runIn` for whatever becomes active in a span, until what it returns is called */
  constructor(wall: WallProfiler, follow: (runIn: RunIn) => () => void) {
    this.#wall = wall;
    this.#follow = follow;
  }

  record(intervalMs: number): Recording<ExactProfile> {
    const intervalMicros = Math.round(intervalMs * 1000);
    this.#wall.start({
      intervalMicros,
      durationMillis: DURATION_MS_MAX,
      withContexts: true,
      useCPED: true,
    });
    this.#isRecording = true;
    const unfollow = this.#follow((spanId, run) =>
      this.#isRecording && spanId !== undefined
        ? this.#wall.runWithContext({ spanId }, run)
        : run(),
    );
    const startMicros = nowMicros();
    // Contexts are stamped with the time of day, samples are placed by the monotonic clock.
    const monotonicMicros = startMicros - Date.now() * 1000;
    let result: ExactProfile | undefined;
    const stop = (): ExactProfile => {
      this.#isRecording = false;
      unfollow();
      const endMicros = nowMicros();
      const taken: TakenSample[] = [];
      const wall = this.#wall.stop(false, ({ context }) => {
        if (context === undefined) return {};
        taken.push({
          atMicros: Number(context.timestamp) + monotonicMicros,
          spanId: spanIdOf(context),
        });
        return { [LABEL]: taken.length - 1 };
      });
      const times = { intervalMicros, startMicros, endMicros };
      return exactProfile(wall, { taken, label: LABEL, ...times });
    };
    return {
      stop: () => {
        result ??= stop();
        return Promise.resolve(result);
      },
    };
  }
}

function spanIdOf({ context }: SampleContext): string | undefined {
  return (context as { readonly spanId?: string } | undefined)?.spanId;
}
