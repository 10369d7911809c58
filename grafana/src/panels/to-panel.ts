import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  AxisPlacement,
  BigValueGraphMode,
  type DataSourceRef,
  GraphGradientMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Threshold as GrafanaThreshold,
  MappingType,
  type Panel,
  PanelBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Gauge } from '@grafana/grafana-foundation-sdk/gauge';
import {
  PanelBuilder as Heatmap,
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { PanelBuilder as NodeGraph } from '@grafana/grafana-foundation-sdk/nodegraph';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as Timeseries } from '@grafana/grafana-foundation-sdk/timeseries';

import { DATA_SOURCES } from './data-source.ts';
import type { PanelKind, PanelSpec, Threshold, ValueText } from './panel.ts';
import { toTarget } from './to-target.ts';

/** What the builders of all kinds of panels have in common. */
interface AnyPanel extends Builder<Panel> {
  title(title: string): unknown;
  description(description: string): unknown;
  datasource(ref: DataSourceRef): unknown;
  height(rows: number): unknown;
  span(columns: number): unknown;
  unit(unit: string): unknown;
  min(min: number): unknown;
  max(max: number): unknown;
  mappings(mappings: ValueMapping[]): unknown;
  thresholds(thresholds: ThresholdsConfigBuilder): unknown;
  withTarget(target: Builder<Dataquery>): unknown;
}

const SIZES: Readonly<Record<PanelKind, readonly [width: number, height: number]>> = {
  stat: [4, 4],
  gauge: [4, 6],
  bargauge: [8, 6],
  timeseries: [8, 8],
  heatmap: [8, 8],
  barchart: [8, 8],
  table: [12, 8],
  'state-timeline': [12, 8],
  'node-graph': [12, 10],
  traces: [24, 12],
  'alert-list': [12, 10],
};

const legend = (): VizLegendOptionsBuilder =>
  new VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom);

const lastValue = (): ReduceDataOptionsBuilder =>
  new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

function timeseries({ isStacked = false, isLogarithmic = false }: PanelSpec): AnyPanel {
  const panel = new Timeseries()
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi))
    .lineWidth(1)
    .fillOpacity(isStacked ? 40 : 8)
    .gradientMode(GraphGradientMode.None)
    .axisPlacement(AxisPlacement.Auto);
  if (isStacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (isLogarithmic) {
    const scale = new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10);
    panel.scaleDistribution(scale);
  }
  return panel;
}

function table({ columns = {}, targets }: PanelSpec): AnyPanel {
  const names = Object.keys(columns);
  const panel = new Table();
  if (targets.length > 1) panel.withTransformation({ id: 'merge', options: {} });
  if (names.length === 0) return panel;
  return panel.withTransformation({
    id: 'organize',
    options: {
      includeByName: Object.fromEntries(names.map((name) => [name, true])),
      indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
      renameByName: columns,
    },
  });
}

const heatmap = ({ unit }: PanelSpec): AnyPanel =>
  new Heatmap()
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Oranges'))
    .yAxis(new YAxisConfigBuilder().unit(unit))
    .showLegend();

const BUILDERS: Readonly<Record<PanelKind, (spec: PanelSpec) => AnyPanel>> = {
  timeseries,
  heatmap,
  table,
  stat: () => new Stat().reduceOptions(lastValue()).graphMode(BigValueGraphMode.None),
  gauge: () => new Gauge().reduceOptions(lastValue()),
  bargauge: () => new BarGauge().reduceOptions(lastValue()).orientation(VizOrientation.Horizontal),
  barchart: () => new BarChart().legend(legend()).orientation(VizOrientation.Horizontal),
  'state-timeline': () => new StateTimeline().legend(legend()).fillOpacity(70),
  'node-graph': () => new NodeGraph(),
  traces: () => new PanelBuilder().type('traces'),
  'alert-list': () =>
    new PanelBuilder().type('alertlist').options({
      viewMode: 'list',
      groupMode: 'default',
      groupBy: [],
      maxItems: 50,
      sortOrder: 1,
      dashboardAlerts: false,
      alertName: '',
      stateFilter: { firing: true, pending: true, noData: false, normal: false, error: true },
    }),
};

/** A panel as Grafana's JSON, without its place and id. */
export function toPanel(spec: PanelSpec): Builder<Panel> {
  const panel = BUILDERS[spec.kind](spec);
  const [width, height] = SIZES[spec.kind];
  const { source = 'metrics' } = spec;
  panel.title(spec.title);
  panel.description(spec.description);
  panel.datasource(DATA_SOURCES[source]);
  panel.span(spec.width ?? width);
  panel.height(spec.height ?? height);
  panel.unit(spec.unit);
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  if (spec.texts !== undefined) panel.mappings([toMapping(spec.texts)]);
  panel.thresholds(toThresholds(spec.thresholds ?? [{ color: 'green' }]));
  for (const [index, target] of spec.targets.entries()) {
    panel.withTarget(toTarget(target, source, index));
  }
  return panel;
}

const toMapping = (texts: readonly ValueText[]): ValueMapping => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    texts.map(({ value, text, color }, index) => [value, { text, color, index }]),
  ),
});

const toThresholds = (thresholds: readonly Threshold[]): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(thresholds.map(({ from, color }): GrafanaThreshold => ({ value: from ?? null, color })));
