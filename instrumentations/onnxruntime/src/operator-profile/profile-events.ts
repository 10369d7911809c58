/** One operator of one run, as ONNX Runtime's profiler saw it. */
export interface OperatorEvent {
  /** ONNX operator type. */
  readonly operator: string;
  readonly node: string;
  readonly provider: string;
  readonly index: number;
  /** Types and shapes of the outputs: `float[1,3]`. */
  readonly output: string;
  /** Microseconds on the profiler's own clock. */
  readonly startUs: number;
  readonly durationUs: number;
}

/** One run with the operators that ran in it. */
export interface ProfiledRun {
  readonly startUs: number;
  readonly endUs: number;
  readonly operators: readonly OperatorEvent[];
}

const KERNEL_SUFFIX = '_kernel_time';
const NODE_LENGTH_MAX = 64;
const OUTPUT_LENGTH_MAX = 96;

interface RawEvent {
  readonly cat?: unknown;
  readonly name?: unknown;
  readonly ts?: unknown;
  readonly dur?: unknown;
  readonly args?: Readonly<Record<string, unknown>>;
}

type Event =
  | { readonly kind: 'run'; readonly startUs: number; readonly endUs: number }
  | { readonly kind: 'operator'; readonly event: OperatorEvent };

/** Reads one line of a profile: the profiler writes one event a line. Other lines give nothing. */
export function parseProfileLine(line: string): Event | undefined {
  const text = line.trim().replace(/,$/u, '');
  if (!text.startsWith('{')) return undefined;
  let raw: RawEvent;
  try {
    raw = JSON.parse(text) as RawEvent;
  } catch {
    return undefined; // the file was cut
  }
  const { cat, name, ts, dur } = raw;
  if (typeof name !== 'string' || typeof ts !== 'number' || typeof dur !== 'number') {
    return undefined;
  }
  if (cat === 'Session' && name === 'model_run') {
    return { kind: 'run', startUs: ts, endUs: ts + dur };
  }
  if (cat !== 'Node' || !name.endsWith(KERNEL_SUFFIX)) return undefined;
  const node = name.slice(0, -KERNEL_SUFFIX.length).slice(0, NODE_LENGTH_MAX);
  return {
    kind: 'operator',
    event: operatorEvent(node, { startUs: ts, durationUs: dur }, raw.args),
  };
}

function operatorEvent(
  node: string,
  times: { readonly startUs: number; readonly durationUs: number },
  args: RawEvent['args'],
): OperatorEvent {
  return {
    ...times,
    node,
    operator: text(args?.['op_name']),
    provider: text(args?.['provider']),
    index: Number(args?.['node_index'] ?? -1),
    output: describeShapes(args?.['output_type_shape']),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, NODE_LENGTH_MAX) : 'unknown';
}

/** `[{"float":[1,3]}]` becomes `float[1,3]`. */
function describeShapes(shapes: unknown): string {
  if (!Array.isArray(shapes)) return '';
  const parts = shapes.flatMap((shape: unknown) =>
    typeof shape === 'object' && shape !== null
      ? Object.entries(shape).map(([type, dims]) => `${type}[${String(dims)}]`)
      : [],
  );
  return parts.join(' ').slice(0, OUTPUT_LENGTH_MAX);
}

/** Puts the operators into the runs that they ran in. Runs come in the order of their start. */
export function groupByRun(events: readonly Event[]): readonly ProfiledRun[] {
  const runs = events
    .flatMap((event) =>
      event.kind === 'run' ? [{ ...event, operators: [] as OperatorEvent[] }] : [],
    )
    .toSorted((a, b) => a.startUs - b.startUs);
  const operators = events
    .flatMap((event) => (event.kind === 'operator' ? [event.event] : []))
    .toSorted((a, b) => a.startUs - b.startUs);
  let current = 0;
  for (const operator of operators) {
    while (current < runs.length && operator.startUs >= (runs[current]?.endUs ?? 0)) current++;
    const run = runs[current];
    if (run !== undefined && operator.startUs >= run.startUs) run.operators.push(operator);
  }
  return runs.map(({ startUs, endUs, operators: own }) => ({ startUs, endUs, operators: own }));
}

/**
 * Microseconds to add to the profiler's clock to get ours: the median over the runs of the
 * difference between their ends. Ours are a little late each time, by the way back into JavaScript.
 */
export function clockOffsetUs(runs: readonly ProfiledRun[], endsMs: readonly number[]): number {
  const offsets = runs
    .map(({ endUs }, i) => (endsMs[i] ?? 0) * 1_000 - endUs)
    .toSorted((a, b) => a - b);
  return offsets[Math.floor(offsets.length / 2)] ?? 0;
}
