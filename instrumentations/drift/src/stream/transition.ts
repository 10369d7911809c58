import type { Aspect, AspectReading } from '../compare/aspect.ts';
import type { Comparison } from '../compare/comparison.ts';
import type { StateStep } from '../compare/state-machine.ts';
import type { DriftState, DriftTransition, StreamKey } from '../types.ts';

/** A baseline that its data fit is no news; one that they never fitted is. */
export const isNews = ({ from, to }: StateStep): boolean => from !== 'learning' || isIncident(to);

const isIncident = (state: DriftState): boolean => state === 'drift' || state === 'alert';

/** A change of state as listeners are told of it. */
export function transitionOf(of: {
  readonly stream: { readonly key: StreamKey; readonly records: number };
  readonly comparison: Comparison;
  readonly aspect: Aspect;
  readonly reading: AspectReading;
}): DriftTransition {
  const { stream, comparison, aspect, reading } = of;
  const { step, effect, evidence, changePoint } = reading;
  return {
    stream: stream.key,
    aspect: aspect.aspect,
    from: step.from,
    to: step.to,
    evidence,
    threshold: aspect.threshold,
    effect: effect.distance,
    floor: effect.floor,
    ...(changePoint === null ? {} : { changePointRecordsAgo: stream.records - changePoint + 1 }),
    records: stream.records,
    baselineId: comparison.baselineId,
  };
}
