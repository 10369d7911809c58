import { type SpanStack, stacksBySpan } from '../spans/by-span.ts';
import type { SpanInterval } from '../spans/span-interval.ts';
import type { CpuProfile } from '../tree/cpu-profile.ts';
import { type Frame, frameKey } from '../tree/frame.ts';

export interface OtlpProfileOptions {
  readonly spans: readonly SpanInterval[];
  /** The span of each sample where it is known exactly, by its id. */
  readonly sampleSpans?: readonly (string | undefined)[] | undefined;
  readonly resource: Readonly<Record<string, string>>;
  /** When it began, in milliseconds since the epoch. */
  readonly startMs: number;
  /** Sixteen bytes, in hex. */
  readonly profileId: string;
}

const NANOS_PER_MICRO = 1000;

/**
 * A request of OTLP profiles (`POST /v1development/profiles`) as JSON. Experimental, as the signal
 * itself is: opentelemetry-proto v1.10, profiles/v1development.
 */
export function otlpProfileRequest(profile: CpuProfile, options: OtlpProfileOptions): object {
  const dictionary = new Dictionary();
  const { spans, sampleSpans } = options;
  const stacks = stacksBySpan(profile, spans, { hasIdle: false, sampleSpans });
  const durationMicros = Math.max(0, profile.endTime - profile.startTime);
  const samples = stacks.map((stack) => ({
    stackIndex: dictionary.stack(stack),
    linkIndex: dictionary.link(stack.span),
    values: [String(Math.round(stack.micros * NANOS_PER_MICRO))],
  }));
  const period = profile.samples.length === 0 ? 0 : durationMicros / profile.samples.length;
  return {
    resourceProfiles: [
      {
        resource: { attributes: Object.entries(options.resource).map(attribute) },
        scopeProfiles: [
          {
            scope: { name: '@telltale/instrumentation-profiler' },
            profiles: [
              {
                sampleType: dictionary.type('cpu', 'nanoseconds'),
                samples,
                timeUnixNano: String(BigInt(Math.round(options.startMs)) * 1_000_000n),
                durationNano: String(Math.round(durationMicros * NANOS_PER_MICRO)),
                periodType: dictionary.type('cpu', 'nanoseconds'),
                period: String(Math.round(period * NANOS_PER_MICRO)),
                profileId: options.profileId,
              },
            ],
          },
        ],
      },
    ],
    dictionary: dictionary.tables,
  };
}

const attribute = ([key, value]: readonly [string, string]): object => ({
  key,
  value: { stringValue: value },
});

/** The tables that a request shares; the first entry of each stands for nothing. */
class Dictionary {
  readonly #strings = new Table<string>([''], (text) => text);
  readonly #functions = new Table<object>([{}], (entry) => JSON.stringify(entry));
  readonly #locations = new Table<object>([{}], (entry) => JSON.stringify(entry));
  readonly #stacks = new Table<object>([{}], (entry) => JSON.stringify(entry));
  readonly #links = new Table<object>([{}], (entry) => JSON.stringify(entry));
  readonly #locationByFrame = new Map<string, number>();

  get tables(): object {
    return {
      mappingTable: [{}],
      locationTable: this.#locations.entries,
      functionTable: this.#functions.entries,
      linkTable: this.#links.entries,
      stringTable: this.#strings.entries,
      attributeTable: [{}],
      stackTable: this.#stacks.entries,
    };
  }

  type(type: string, unit: string): object {
    return { typeStrindex: this.#strings.index(type), unitStrindex: this.#strings.index(unit) };
  }

  stack({ frames }: SpanStack): number {
    const locationIndices = frames.toReversed().map((frame) => this.#location(frame));
    return this.#stacks.index({ locationIndices });
  }

  link(span: SpanInterval | undefined): number {
    if (span === undefined) return 0;
    return this.#links.index({ traceId: span.traceId, spanId: span.spanId });
  }

  #location(frame: Frame): number {
    const key = frameKey(frame);
    const known = this.#locationByFrame.get(key);
    if (known !== undefined) return known;
    const name = this.#strings.index(frame.name);
    const functionIndex = this.#functions.index({
      nameStrindex: name,
      systemNameStrindex: name,
      filenameStrindex: this.#strings.index(frame.file),
      startLine: String(frame.line),
    });
    const index = this.#locations.index({ lines: [{ functionIndex, line: String(frame.line) }] });
    this.#locationByFrame.set(key, index);
    return index;
  }
}

class Table<Entry> {
  readonly entries: Entry[];
  readonly #keyOf: (entry: Entry) => string;
  readonly #indices = new Map<string, number>();

  constructor(first: Entry[], keyOf: (entry: Entry) => string) {
    this.entries = first;
    this.#keyOf = keyOf;
    for (const [index, entry] of first.entries()) this.#indices.set(keyOf(entry), index);
  }

  index(entry: Entry): number {
    const key = this.#keyOf(entry);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.entries.push(entry) - 1;
    this.#indices.set(key, index);
    return index;
  }
}
