import { quoteGo } from '../../../model/go-string.ts';
import { METRIC_NAME_LABEL } from '../../../model/labels.ts';
import type { LabelMatcher } from '../../../promql/ast.ts';
import type { RuleState } from '../../../rules/group.ts';
import { selectorHistories } from '../../../storage/selector-needs.ts';
import { jsonResponse, type ServerRequest, type ServerResponse } from '../../message.ts';
import type { MonitoringApi } from './api.ts';
import { isoTime, limitOf } from './parameters.ts';

/**
 * The last evaluations of rules. Only rules of a named group or name also say what their selectors
 * match, as that looks at the index of all series.
 */
export function ruleEvaluations(api: MonitoringApi, { query }: ServerRequest): ServerResponse {
  const limit = limitOf(query);
  const [group, name] = [query.get('group'), query.get('rule')];
  const isNamed = group !== null || name !== null;
  const rules = api
    .groups()
    .filter(({ definition }) => group === null || definition.name === group)
    .flatMap(({ definition: { file, name: groupName }, rules: states }) =>
      states.flatMap((state, place) => {
        if (name !== null && state.rule.name !== name) return [];
        const { evaluations } = state;
        return {
          file,
          group: groupName,
          rule: state.rule.name,
          place,
          evaluations: evaluations.slice(0, limit).map(evaluationJson),
          selectors: isNamed ? selectorsJson(api, state) : [],
        };
      }),
    );
  return jsonResponse(200, { rules });
}

function evaluationJson({
  timeMs,
  durationMs,
  samples,
  error,
}: RuleState['evaluations'][number]): object {
  return { at: isoTime(timeMs), durationMs, samples, error: error ?? null };
}

function selectorsJson(api: MonitoringApi, { rule }: RuleState): readonly object[] {
  const selectors = selectorHistories(rule.expr, { lookbackMs: 0, unknownMs: 0 });
  const counts = new Map(
    selectors.map(({ matchers }) => [selectorText(matchers), api.seriesCount(matchers)]),
  );
  return [...counts].map(([selector, series]) => ({ selector, series }));
}

function selectorText(matchers: readonly LabelMatcher[]): string {
  const isName = ({ name, operator }: LabelMatcher): boolean =>
    name === METRIC_NAME_LABEL && operator === '=';
  const metric = matchers.find(isName)?.value ?? '';
  const others = matchers
    .filter((matcher) => !isName(matcher))
    .map(({ name, operator, value }) => `${name}${operator}${quoteGo(value)}`);
  return others.length === 0 && metric !== '' ? metric : `${metric}{${others.join(',')}}`;
}
