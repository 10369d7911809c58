import type { Labels } from '../../../model/labels.ts';
import { METRIC_NAME_LABEL } from '../../../model/labels.ts';
import { compileAnchoredRe2, RegexError } from '../../../model/matcher.ts';
import type { Call } from '../../ast.ts';
import { evaluationError } from '../../error.ts';
import { isValidLabelName } from '../label-name.ts';
import { mergeSameLabels } from '../name-removal.ts';
import type { Scope } from '../query.ts';
import type { StepValue } from '../step-series.ts';
import { relabel } from '../step-series.ts';
import { stringArgument, vectorArgument } from './arguments.ts';
import { expandTemplate } from './expand-template.ts';

/** `label_replace(v, ...)` and `label_join(v, ...)` */
export function evaluateLabelCall(call: Call, scope: Scope): StepValue {
  const change = labelChangeOf(call);
  const isNameSet = setsName(call);
  const series = vectorArgument(call, 0, scope).map((item) => {
    const labels = change(item.labels);
    // A name that was set here is there to stay.
    return labels === undefined ? item : relabel(item, labels, item.dropsName && !isNameSet);
  });
  return { kind: 'vector', series: mergeSameLabels(series) };
}

/** Whether the call sets the metric name. */
export function setsName(call: Call): boolean {
  return stringArgument(call, 1) === METRIC_NAME_LABEL;
}

/**
 * What `label_replace` or `label_join` makes of labels; `undefined` when it leaves them alone.
 *
 * @throws {PromqlError} when a label name or the regular expression is invalid.
 */
export function labelChangeOf(call: Call): (labels: Labels) => Labels | undefined {
  return call.function === 'label_replace' ? replacementOf(call) : joinOf(call);
}

/** `label_replace(v, dst, replacement, src, regex)` */
function replacementOf(call: Call): (labels: Labels) => Labels | undefined {
  const target = stringArgument(call, 1);
  const replacement = stringArgument(call, 2);
  const source = stringArgument(call, 3);
  const regex = compileRegex(call);
  checkLabelName(target, { kind: 'destination', call });
  return (labels) => {
    const matcher = regex.matcher(labels.get(source));
    if (!matcher.find()) return undefined;
    return labels.with(target, expandTemplate(replacement, matcher, regex));
  };
}

/** `label_join(v, dst, separator, src...)` */
function joinOf(call: Call): (labels: Labels) => Labels | undefined {
  const target = stringArgument(call, 1);
  const separator = stringArgument(call, 2);
  const sources = call.args.slice(3).map((_, index) => stringArgument(call, index + 3));
  for (const source of sources) checkLabelName(source, { kind: 'source', call });
  checkLabelName(target, { kind: 'destination', call });
  return (labels) =>
    labels.with(target, sources.map((source) => labels.get(source)).join(separator));
}

function compileRegex(call: Call): ReturnType<typeof compileAnchoredRe2> {
  const source = stringArgument(call, 4);
  try {
    return compileAnchoredRe2(source);
  } catch (cause) {
    if (!(cause instanceof RegexError)) throw cause;
    throw evaluationError(
      `invalid regular expression in label_replace(): ${source}`,
      call.args[4]?.position,
    );
  }
}

function checkLabelName(
  name: string,
  { kind, call }: { readonly kind: 'source' | 'destination'; readonly call: Call },
): void {
  if (isValidLabelName(name)) return;
  throw evaluationError(`invalid ${kind} label name in ${call.function}(): ${name}`, call.position);
}
