import { type Attributes, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';

import {
  ATTR_OPERATION_NAME,
  ATTR_OPERATOR_INDEX,
  ATTR_OPERATOR_NAME,
  ATTR_OPERATOR_NODE,
  ATTR_OPERATOR_OUTPUT,
  ATTR_OPERATOR_PROVIDER,
  ATTR_RUNTIME_PROVIDERS,
  EVENT_MODEL_PLACEMENT,
  OTHER,
  textKey,
} from '@telltale/core';

import type { ModelState } from '../../model/model-state.ts';
import type { Output } from '../../output.ts';
import { clockOffsetUs, type OperatorEvent } from '../profile-events.ts';
import type { FinishedProfile } from '../startup-profile.ts';

const US_PER_MS = 1_000;
const US_PER_SECOND = 1e6;
/** Operator types of a model with series of their own; ONNX knows about 200. */
const OPERATORS_MAX = 100;

/** Whose profile it is. */
export interface ProfiledModel {
  readonly model: ModelState;
  /** Execution providers asked for. */
  readonly providers: readonly string[];
}

/** Publishes a profile: operator times, child spans of the sampled runs, and placement. */
export function publishProfile(
  { runs, samples }: FinishedProfile,
  of: ProfiledModel,
  output: Output,
): void {
  recordDurations(
    runs.flatMap(({ operators }) => operators),
    of,
    output,
  );
  publishPlacement(runs.at(-1)?.operators ?? [], of, output);
  // A failed run may leave no trace in the profile; then runs cannot be told apart.
  if (samples.length !== runs.length) return;
  const offsetUs = clockOffsetUs(
    runs,
    samples.map(({ endMs }) => endMs),
  );
  runs.forEach(({ operators }, i) => {
    const parent = samples[i]?.spanContext;
    if (parent === undefined) return;
    const slowest = operators
      .toSorted((a, b) => b.durationUs - a.durationUs)
      .slice(0, output.settings.profiledOperatorsMax);
    for (const operator of slowest) emitOperatorSpan(operator, { parent, offsetUs }, output);
  });
}

function recordDurations(
  operators: readonly OperatorEvent[],
  { model }: ProfiledModel,
  output: Output,
): void {
  const known = new Map<string, Attributes>();
  for (const { operator, provider, durationUs } of operators) {
    const name = known.has(operator) || known.size < OPERATORS_MAX ? operator : OTHER;
    const key = textKey([name, provider]);
    let attributes = known.get(key);
    if (attributes === undefined) {
      attributes = {
        ...model.attributes,
        [ATTR_OPERATOR_NAME.name]: name,
        [ATTR_OPERATOR_PROVIDER.name]: provider,
      };
      known.set(key, attributes);
    }
    output.instruments.operatorDuration.record(durationUs / US_PER_SECOND, attributes);
  }
}

interface OperatorPlace {
  readonly parent: SpanContext;
  readonly offsetUs: number;
}

function emitOperatorSpan(
  operator: OperatorEvent,
  { parent, offsetUs }: OperatorPlace,
  output: Output,
): void {
  const startMs = (operator.startUs + offsetUs) / US_PER_MS;
  const attributes: Attributes = {
    [ATTR_OPERATION_NAME.name]: 'operator',
    [ATTR_OPERATOR_NAME.name]: operator.operator,
    [ATTR_OPERATOR_NODE.name]: operator.node,
    [ATTR_OPERATOR_PROVIDER.name]: operator.provider,
    [ATTR_OPERATOR_INDEX.name]: operator.index,
    [ATTR_OPERATOR_OUTPUT.name]: operator.output,
  };
  const below = trace.setSpanContext(ROOT_CONTEXT, parent);
  output.tracer
    .startSpan(`op ${operator.operator}`, { startTime: startMs, attributes }, below)
    .end(startMs + operator.durationUs / US_PER_MS);
}

/** Which provider ran how many nodes; an event when one ran that was not asked for. */
function publishPlacement(
  operators: readonly OperatorEvent[],
  { model, providers }: ProfiledModel,
  output: Output,
): void {
  const nodes = new Map<string, number>();
  for (const { provider } of operators) nodes.set(provider, (nodes.get(provider) ?? 0) + 1);
  model.placement.clear();
  for (const [provider, count] of nodes) model.placement.set(provider, count);
  for (const [provider, count] of nodes) {
    if (providers.some((asked) => isProvider(asked, provider))) continue;
    output.emit(EVENT_MODEL_PLACEMENT, {
      body: `${model.name} ran ${count} of ${operators.length} nodes on ${provider}`,
      context: ROOT_CONTEXT,
      attributes: {
        ...model.attributes,
        [ATTR_RUNTIME_PROVIDERS.name]: [...providers],
        [ATTR_OPERATOR_PROVIDER.name]: provider,
      },
    });
  }
}

/** `cuda` is what applications ask for, `CUDAExecutionProvider` what the profile calls it. */
function isProvider(asked: string, provider: string): boolean {
  return provider.toLowerCase() === `${asked.toLowerCase()}executionprovider`;
}
