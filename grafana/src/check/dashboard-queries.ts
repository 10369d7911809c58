/** A query of a dashboard: a panel's target, a variable or an annotation. */
export interface DashboardQuery {
  readonly dashboard: string;
  /** Such as `panel "Inference rate" A`, `variable model`, `annotation alerts`. */
  readonly place: string;
  readonly language: 'promql' | 'traceql';
  readonly expr: string;
  readonly isInstant: boolean;
  /** The variable that names the data source: `datasource`, `alerts` or `traces`. */
  readonly source: string;
  /** Buckets are drawn, so series need `le` or native histograms. */
  readonly isHeatmap: boolean;
  /** Labels that legends, columns or texts show: some series must have each of them. */
  readonly labels: readonly string[];
}

/** The parts of Grafana's JSON that the checks read. */
export interface DashboardJson {
  readonly uid: string;
  readonly title: string;
  readonly editable: boolean;
  readonly description?: string;
  readonly templating: { readonly list: readonly VariableJson[] };
  readonly annotations: { readonly list?: readonly AnnotationJson[] };
  readonly panels: readonly PanelJson[];
}

export interface VariableJson {
  readonly type: string;
  readonly name: string;
  readonly refresh?: number;
  readonly definition?: string;
  readonly datasource?: SourceJson;
}

export interface AnnotationJson {
  readonly name: string;
  readonly expr?: string;
  readonly titleFormat?: string;
  readonly textFormat?: string;
  readonly datasource?: SourceJson;
}

export interface SourceJson {
  readonly type?: string;
  readonly uid?: string;
}

export interface TargetJson {
  readonly refId: string;
  readonly expr?: string;
  readonly query?: string;
  readonly queryType?: string;
  readonly instant?: boolean;
  readonly format?: string;
  readonly legendFormat?: string;
  readonly datasource?: SourceJson;
}

export interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: SourceJson;
  readonly gridPos?: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly custom?: { readonly scaleDistribution?: { readonly type: string } };
      readonly mappings?: readonly {
        readonly options: Readonly<Record<string, { readonly color?: string }>>;
      }[];
    };
  };
  readonly targets?: readonly TargetJson[];
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: { readonly includeByName?: Readonly<Record<string, boolean>> };
  }[];
}

/** Values for the variables and intervals that Grafana fills in before it asks. */
export interface Fill {
  readonly rateInterval: string;
  readonly range: string;
  readonly interval: string;
  /** Regular expressions and texts by the variable's name. */
  readonly variables: Readonly<Record<string, string>>;
}

export const ALL: Fill = {
  rateInterval: '1m',
  range: '5m',
  interval: '15s',
  variables: {
    environment: '.*',
    service: '.*',
    model: '.*',
    version: '.*',
    instance: '.*',
    slo: '0.999',
    traceId: '',
  },
};

/** The text that Grafana would send. */
export function filled(expr: string, { rateInterval, range, interval, variables }: Fill): string {
  const intervals = expr
    .replaceAll('$__rate_interval', rateInterval)
    .replaceAll('$__range', range)
    .replaceAll('$__interval', interval);
  return intervals.replaceAll(/\$(\w+)/gu, (whole, name: string) => variables[name] ?? whole);
}

/** Every query of a dashboard; panels without one (Grafana's own lists) have none. */
export function queriesOf(dashboard: DashboardJson): readonly DashboardQuery[] {
  const { uid } = dashboard;
  const panels = dashboard.panels.flatMap((panel) =>
    (panel.targets ?? []).flatMap((target): DashboardQuery[] => {
      const isTrace = target.datasource?.type === 'tempo';
      const expr = (isTrace ? target.query : target.expr) ?? '';
      if (expr === '') return [];
      return [
        {
          dashboard: uid,
          place: `panel "${panel.title}" ${target.refId}`,
          language: isTrace ? 'traceql' : 'promql',
          expr,
          isInstant: target.instant === true,
          source: sourceName(target.datasource),
          isHeatmap: target.format === 'heatmap' && panel.type === 'heatmap',
          labels: [...labelsIn(target.legendFormat), ...columnsOf(panel)],
        },
      ];
    }),
  );
  const annotations = (dashboard.annotations.list ?? []).flatMap(
    ({ name, expr, titleFormat, textFormat }) =>
      expr === undefined
        ? []
        : [
            {
              dashboard: uid,
              place: `annotation ${name}`,
              language: 'promql',
              expr,
              ...PLAIN,
              isInstant: false,
              labels: [...labelsIn(titleFormat), ...labelsIn(textFormat)],
            } as const,
          ],
  );
  const variables = dashboard.templating.list.flatMap(({ name, definition }) =>
    definition === undefined
      ? []
      : [
          {
            dashboard: uid,
            place: `variable ${name}`,
            language: 'promql',
            expr: selectorOf(definition),
            ...PLAIN,
            isInstant: true,
            labels: [/, (\w+)\)$/u.exec(definition)?.[1] ?? ''].filter((label) => label !== ''),
          } as const,
        ],
  );
  return [...panels, ...annotations, ...variables];
}

const PLAIN = { source: 'datasource', isHeatmap: false } as const;

const sourceName = (source: SourceJson | undefined): string =>
  /^\$\{(\w+)\}$/u.exec(source?.uid ?? '')?.[1] ?? 'datasource';

const labelsIn = (text = ''): readonly string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/gu)].flatMap(([, label]) => label ?? []);

/** Columns of a table that are labels, not values. */
const columnsOf = ({ transformations = [] }: PanelJson): readonly string[] =>
  transformations
    .flatMap(({ options }) => Object.keys(options.includeByName ?? {}))
    .filter((name) => !/^(?:Value|Time)\b/u.test(name));

/** `label_values(selector, label)` -> the selector. */
const selectorOf = (definition: string): string =>
  /^label_values\((.*), \w+\)$/u.exec(definition)?.[1] ?? definition;
