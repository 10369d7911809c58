import { parseRuleFile } from '../../../collector/src/config/rules/rules-file.ts';
import { parseDuration } from '../../../collector/src/model/duration.ts';
import { formatLabels } from '../../../collector/src/model/labels-format.ts';
import { evaluateInstant } from '../../../collector/src/promql/eval/evaluate.ts';
import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import type { RuleEnvironment } from '../../../collector/src/rules/evaluation.ts';
import {
  type GroupEvaluation,
  type RestoreHold,
  RuleGroup,
} from '../../../collector/src/rules/group.ts';
import type { GroupDefinition } from '../../../collector/src/rules/rule.ts';
import { TestSeries } from '../../../collector/src/rules/unit-test/test-series.ts';

/** Rules over series in memory on a clock that the test moves. */
export class Timeline {
  readonly series: TestSeries;
  readonly environment: RuleEnvironment;
  groups: readonly RuleGroup[];

  constructor(input: {
    readonly rules: string;
    readonly series?: Readonly<Record<string, string>>;
    /** Between the samples of the series. */
    readonly step?: string;
  }) {
    this.series = new TestSeries({
      inputSeries: Object.entries(input.series ?? {}).map(([series, values]) => ({
        series,
        values,
      })),
      intervalMs: parseDuration(input.step ?? '1m'),
      startMs: 0,
    });
    const query: RuleEnvironment['query'] = (expr, timeMs) => {
      return evaluateInstant(expr, { source: this.series.source, timeMs }).value;
    };
    this.environment = {
      query,
      queryText: (text, timeMs) => query(parseExpr(text), timeMs),
      append: (samples) => {
        this.series.append(samples);
      },
      externalLabels: { region: 'eu' },
      externalUrl: 'http://alerts.example',
    };
    this.groups = groupsOf(input.rules).map((definition) => new RuleGroup(definition));
  }

  /** Evaluates all groups once. */
  evaluate(time: string, hold?: RestoreHold): readonly GroupEvaluation[] {
    const nowMs = parseDuration(time);
    this.series.loadTill(nowMs);
    return this.groups.map((group) => group.evaluate(nowMs, this.environment, hold));
  }

  /** Evaluates at each time and answers the changes, such as `5m A pending condition_met`. */
  changesAt(...times: readonly string[]): readonly string[] {
    return times.flatMap((time) =>
      this.evaluate(time).flatMap(({ changes }) => {
        return changes.map(
          ({ rule, to, reason }) => `${time} ${rule} ${to ?? 'forgotten'} ${reason}`,
        );
      }),
    );
  }

  /** What is active now, such as `A{alertname="A"} firing`. */
  active(): readonly string[] {
    return this.groups
      .flatMap((group) => group.alerts())
      .filter(({ status }) => status !== 'inactive')
      .map(({ labels, status }) => `${formatLabels(labels)} ${status}`)
      .toSorted();
  }

  /** The elements of an instant query, such as `{__name__="up"} 1`. */
  query(text: string, time: string): readonly string[] {
    const value = this.environment.queryText(text, parseDuration(time));
    if (value.kind !== 'vector') throw new Error(`${text} is no vector`);
    return value.elements
      .map(({ labels, value: number }) => `${formatLabels(labels)} ${number}`)
      .toSorted();
  }
}

export function groupsOf(rules: string): readonly GroupDefinition[] {
  const bytes = new TextEncoder().encode(rules);
  return parseRuleFile(bytes, { file: 'test.yaml', intervalMs: 60_000 }).groups;
}

/** One group `g` with the rules in `lines`, written without their indentation. */
export function group(...rules: readonly (readonly string[])[]): string {
  const lines = rules.flatMap(([first = '', ...rest]) => {
    return [`  - ${first}`, ...rest.map((line) => `    ${line}`)];
  });
  return ['groups:', '- name: g', '  rules:', ...lines].join('\n');
}

/** `minutes(3)` is `['0m', '1m', '2m', '3m']`. */
export function minutes(last: number, first = 0): readonly string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const minute = first + index;
    return minute === 0 ? '0' : `${minute}m`;
  });
}
