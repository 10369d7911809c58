import type { Labels } from '../../../model/labels.ts';
import { METRIC_NAME_LABEL } from '../../../model/labels.ts';
import { compileAnchoredRe2, RegexError } from '../../../model/matcher.ts';
import type { Call } from '../../ast.ts';
import { isValidLabelName } from '../label-name.ts';
import { mergeSameLabels } from '../name-removal.ts';
import type { Scope } from '../query.ts';
import { evaluationError } from '../query.ts';
import type { StepValue } from '../step-series.ts';
import { relabel } from '../step-series.ts';
import { stringArgument, vectorArgument } from './arguments.ts';
import { expandTemplate } from './expand-template.ts';

/** `label_replace(v, dst, replacement, src, regex)` */
export function evaluateLabelReplace(call: Call, scope: Scope): StepValue {
  const target = stringArgument(call, 1);
  const replacement = stringArgument(call, 2);
  const source = stringArgument(call, 3);
  const regex = compileRegex(call);
  checkLabelName(target, { kind: 'destination', call });
  return changeLabels(call, scope, (labels) => {
    const matcher = regex.matcher(labels.get(source));
    if (!matcher.find()) return undefined;
    return labels.with(target, expandTemplate(replacement, matcher, regex));
  });
}

/** `label_join(v, dst, separator, src...)` */
export function evaluateLabelJoin(call: Call, scope: Scope): StepValue {
  const target = stringArgument(call, 1);
  const separator = stringArgument(call, 2);
  const sources = call.args.slice(3).map((_, index) => stringArgument(call, index + 3));
  for (const source of sources) checkLabelName(source, { kind: 'source', call });
  checkLabelName(target, { kind: 'destination', call });
  return changeLabels(call, scope, (labels) =>
    labels.with(target, sources.map((source) => labels.get(source)).join(separator)),
  );
}

function changeLabels(
  call: Call,
  scope: Scope,
  change: (labels: Labels) => Labels | undefined,
): StepValue {
  const isNameSet = stringArgument(call, 1) === METRIC_NAME_LABEL;
  const series = vectorArgument(call, 0, scope).map((item) => {
    const labels = change(item.labels);
    // A name that was set here is there to stay.
    return labels === undefined ? item : relabel(item, labels, item.dropsName && !isNameSet);
  });
  return { kind: 'vector', series: mergeSameLabels(series) };
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
