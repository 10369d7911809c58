import type {
  CompoundKind,
  DriftStream,
  DriftTransition,
  StreamDirection,
  StreamKind,
  StreamSelector,
  StreamStatus,
} from '@telltale/instrumentation-drift';

import { guarded } from '../record/guarded.ts';
import { driftMonitor } from './monitor.ts';
import { knownModelVersion } from '@telltale/instrumentation-onnxruntime/observer';

/** A feature or an output that only the application can name. */
export interface WatchedStream {
  readonly model: string;
  /** Default: the version of the model of this name that was loaded last. */
  readonly version?: string;
  readonly name: string;
  /** Default `input`. */
  readonly direction?: StreamDirection;
  /** Part of the traffic with a baseline of its own, such as a country. */
  readonly segment?: string;
  /** Vectors, texts and class probabilities are watched by several numbers each. Default `numeric`. */
  readonly kind?: StreamKind | CompoundKind;
}

const ignore = (): void => {};

/** Drift of values that no tensor shows, and what is known of all of them. */
export const drift: {
  /** The stream of a feature: keep it and call `observe(value)` with each of its values. */
  readonly stream: (stream: WatchedStream) => DriftStream;
  /** The status of the streams that have these fields; of all without any. */
  readonly status: (selector?: StreamSelector) => readonly StreamStatus[];
  /** Calls the listener at each change of state, and returns how to stop that. */
  readonly onTransition: (listener: (transition: DriftTransition) => void) => () => void;
} = {
  stream: guarded('drift', streamOf, { observe: ignore }),
  status: guarded('drift', (selector?: StreamSelector) => driftMonitor().status(selector), []),
  onTransition: guarded(
    'drift',
    (listener: (transition: DriftTransition) => void) => driftMonitor().onTransition(listener),
    ignore,
  ),
};

function streamOf(stream: WatchedStream): DriftStream {
  const { model, name, direction = 'input', segment, kind = 'numeric' } = stream;
  if (typeof model !== 'string' || typeof name !== 'string') {
    throw new TypeError('Cannot watch a stream without a model and a name');
  }
  const version = stream.version ?? knownModelVersion(model) ?? '';
  return driftMonitor().stream(
    { model, version, name, direction, ...(segment === undefined ? {} : { segment }) },
    kind,
  );
}
