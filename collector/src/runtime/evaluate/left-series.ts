import { textKey } from '@telltale/core';

import { METRIC_NAME_LABEL } from '../../model/labels.ts';
import type { LabelMatcher } from '../../promql/ast.ts';
import { FLAG_STALE } from '../../promql/series-source.ts';
import {
  ALERT_NAME_LABEL,
  ALERTS_FOR_STATE_METRIC,
  ALERTS_METRIC,
} from '../../rules/alert/alert-series.ts';
import type { RuleGroup, RuleState } from '../../rules/group.ts';
import type { SeriesStore } from '../../storage/series-store.ts';

/**
 * Gives rules the series back that they wrote before a restart, as far as the log had them. The
 * first evaluation then ends those that it does not write again; otherwise a rule over `ALERTS` or
 * over a recording would see them for the whole lookback. Where several rules write series of one
 * name, nothing tells whose they are, and they are left to the lookback.
 */
export function giveSeriesBack(groups: readonly RuleGroup[], store: SeriesStore): void {
  const byName = new Map<string, RuleState[]>();
  for (const state of groups.flatMap(({ rules }) => rules)) {
    const key = textKey([state.rule.kind, state.rule.name]);
    byName.set(key, [...(byName.get(key) ?? []), state]);
  }
  for (const [state, ...others] of byName.values()) {
    if (state === undefined || others.length > 0) continue;
    const series = selectors(state).flatMap((matchers) => store.all(matchers));
    const live = series.filter(
      ({ ring, interest }) =>
        // Senders may have series of the same name.
        interest.windowMsMin > 0 && ring.size > 0 && (ring.newestFlags & FLAG_STALE) === 0,
    );
    state.series = live.map(({ labels }) => labels);
  }
}

function selectors({ rule: { kind, name } }: RuleState): readonly (readonly LabelMatcher[])[] {
  if (kind === 'recording') return [[equal(METRIC_NAME_LABEL, name)]];
  return [ALERTS_METRIC, ALERTS_FOR_STATE_METRIC].map((metric) => [
    equal(METRIC_NAME_LABEL, metric),
    equal(ALERT_NAME_LABEL, name),
  ]);
}

const equal = (name: string, value: string): LabelMatcher => ({ name, operator: '=', value });
