import { parser as traceQlParser } from '@grafana/lezer-traceql';

import type { Expr, VectorSelector } from '../../../collector/src/promql/ast.ts';
import { parseExpr } from '../../../collector/src/promql/parser/parse.ts';
import {
  ALL,
  type DashboardJson,
  filled,
  type PanelJson,
  queriesOf,
} from '../../../grafana/src/check/dashboard-queries.ts';

/** A rule that a dashboard breaks, and where. */
export interface Finding {
  readonly rule: string;
  readonly where: string;
}

export interface Known {
  /** Names of series that queries may ask for. */
  readonly series: ReadonlySet<string>;
  /** Matchers that a selector of a series must have. */
  readonly matchersOf: (series: string) => readonly string[];
  readonly counters: ReadonlySet<string>;
}

const UNITS = new Set([
  'short',
  'none',
  'reqps',
  'cps',
  's',
  'percentunit',
  'bytes',
  'Bps',
  'celsius',
  'watt',
  'joule',
  'hertz',
  'dateTimeFromNow',
]);

/** What a dashboard does that it should not, in the order of its panels. */
export function lint(dashboard: DashboardJson, known: Known): readonly Finding[] {
  const where = (place: string): string => `${dashboard.uid}: ${place}`;
  const findings: Finding[] = [];
  const find = (rule: string, place: string): void => {
    findings.push({ rule, where: where(place) });
  };
  for (const [rule, place] of brokenByFrame(dashboard)) find(rule, place);
  for (const panel of dashboard.panels) {
    for (const rule of brokenByPanel(panel)) find(rule, panel.title);
  }
  for (const { place, language, expr } of queriesOf(dashboard)) {
    const rules =
      language === 'promql' ? brokenByPromQl(expr, known, place) : brokenByTraceQl(expr);
    for (const rule of rules) find(rule, place);
  }
  return findings;
}

function* brokenByFrame(
  dashboard: DashboardJson,
): Iterable<readonly [rule: string, place: string]> {
  if (dashboard.editable) yield ['read-only', 'dashboard'];
  if ((dashboard.description ?? '') === '') yield ['described', 'dashboard'];
  for (const { name, type, refresh, datasource } of dashboard.templating.list) {
    if (type !== 'query') continue;
    if (refresh !== 2) yield ['variables reload on the time range', name];
    if (!isVariable(datasource?.uid)) yield ['source is a variable', name];
  }
  const ids = dashboard.panels.map(({ id }) => id);
  if (new Set(ids).size < ids.length || ids.includes(0)) yield ['unique panel ids', 'panels'];
}

const isVariable = (uid: string | undefined): boolean => uid?.startsWith('${') === true;

type PanelRule = readonly [rule: string, isBroken: (panel: PanelJson) => boolean];

const PANEL_RULES: readonly PanelRule[] = [
  ['panel has a title', ({ title }) => title === ''],
  ['panel is described', ({ description = '' }) => description.length < 15],
  [
    'source is a variable',
    ({ datasource, targets = [] }) =>
      [datasource, ...targets.map((target) => target.datasource)].some(
        (source) => !isVariable(source?.uid),
      ),
  ],
  [
    'panel asks for something',
    ({ type, targets = [] }) => targets.length === 0 && type !== 'alertlist',
  ],
  ['unit is known', ({ fieldConfig }) => !UNITS.has(fieldConfig?.defaults.unit ?? '')],
  ['panel has a place', ({ gridPos }) => gridPos === undefined || gridPos.x + gridPos.w > 24],
];

const brokenByPanel = (panel: PanelJson): readonly string[] =>
  panel.type === 'row'
    ? []
    : PANEL_RULES.filter(([, isBroken]) => isBroken(panel)).map(([rule]) => rule);

function brokenByPromQl(expr: string, known: Known, place: string): readonly string[] {
  let tree: Expr;
  try {
    tree = parseExpr(filled(expr, ALL));
  } catch (error) {
    return [`PromQL parses: ${String(error)}`];
  }
  const left = filled(expr, ALL).match(/\$\w+/gu);
  const isVariableQuery = place.startsWith('variable');
  return [
    ...(left === null ? [] : [`variable ${left.join(' ')} exists`]),
    ...[...selectorsIn(tree)].flatMap(({ selector, isRange }) => [
      ...(known.series.has(selector.name) ? [] : [`unknown series ${selector.name}`]),
      ...(isVariableQuery ? [] : missingMatchers(selector, known)),
      ...(known.counters.has(selector.name) && !isRange && !isVariableQuery
        ? [`counter ${selector.name} inside rate or increase`]
        : []),
    ]),
    ...(/\[(?!\$__(?:rate_interval|range|interval)\])/u.test(expr)
      ? ['ranges follow the time range']
      : []),
  ];
}

function missingMatchers(selector: VectorSelector, known: Known): readonly string[] {
  const present = new Set(selector.matchers.map(({ name }) => name));
  return known
    .matchersOf(selector.name)
    .filter((name) => !present.has(name))
    .map((name) => `${selector.name} is chosen by ${name}`);
}

interface Found {
  readonly selector: VectorSelector;
  readonly isRange: boolean;
}

/** Every selector of an expression. */
function* selectorsIn(node: unknown): Iterable<Found> {
  if (Array.isArray(node)) {
    for (const child of node) yield* selectorsIn(child);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const expr = node as Expr;
  if (expr.kind === 'matrixSelector') {
    yield { selector: expr.selector, isRange: true };
    return;
  }
  if (expr.kind === 'vectorSelector') {
    yield { selector: expr, isRange: false };
    return;
  }
  for (const child of Object.values(node)) yield* selectorsIn(child);
}

function brokenByTraceQl(expr: string): readonly string[] {
  if (expr === '$traceId') return [];
  const faults: string[] = [];
  traceQlParser.parse(filled(expr, ALL)).iterate({
    enter: ({ type, from }) => {
      if (type.isError) faults.push(`TraceQL parses: error at ${from}`);
    },
  });
  return faults;
}
