import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What one sample was taken in. */
export interface SampleContext {
  readonly context?: unknown;
  /** Microseconds since the epoch. */
  readonly timestamp: bigint;
}

type Count = number | bigint;

/** The part of a pprof profile that is read. Ids and indexes into the strings are numbers. */
export interface WallProfile {
  readonly stringTable: { readonly strings: readonly string[] };
  readonly function: readonly {
    readonly id: Count;
    readonly name: Count;
    readonly filename: Count;
  }[];
  readonly location: readonly {
    readonly id: Count;
    readonly line: readonly { readonly functionId: Count; readonly line: Count }[];
  }[];
  readonly sample: readonly {
    /** Innermost first. */
    readonly locationId: readonly Count[];
    readonly value: readonly Count[];
    readonly label: readonly { readonly key: Count; readonly num: Count }[];
  }[];
}

/** The part of `@datadog/pprof` that is used: V8's sampler, with the asynchronous context of each sample. */
export interface WallProfiler {
  start(options: {
    readonly intervalMicros: number;
    readonly durationMillis: number;
    readonly withContexts: true;
    readonly useCPED: true;
  }): void;
  stop(
    restart: false,
    labelsOf: (sample: { readonly context?: SampleContext }) => Readonly<Record<string, number>>,
  ): WallProfile;
  runWithContext<Result>(context: object, run: () => Result): Result;
}

const PACKAGE = '@datadog/pprof';

/** Node.js keeps the context of asynchronous work where a sampler can read it from here on. */
const NODE_MAJOR_MIN = 24;

/** Files from which the package is looked for: this one, then the application. */
const searchPlaces = (): readonly string[] => [
  import.meta.url,
  join(process.cwd(), 'package.json'),
];

/**
 * `@datadog/pprof`, from beside this package or from the application, which installs it: no
 * dependency of ours has native code.
 *
 * @throws {Error} that says what is missing
 */
export function loadWallProfiler(places: readonly string[] = searchPlaces()): WallProfiler {
  const major = Number(process.versions.node.split('.')[0]);
  const hasFrames = process.execArgv.includes('--experimental-async-context-frame');
  if (major < NODE_MAJOR_MIN && !hasFrames) {
    throw new Error(
      `Cannot tell spans exactly: Node.js ${NODE_MAJOR_MIN} is needed, or --experimental-async-context-frame; this is ${process.versions.node}`,
    );
  }
  for (const place of places) {
    try {
      const { time } = createRequire(place)(PACKAGE) as { readonly time: WallProfiler };
      return time;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw cause;
    }
  }
  throw new Error(`Cannot tell spans exactly: ${PACKAGE} is not installed; npm install ${PACKAGE}`);
}
