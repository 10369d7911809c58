import type { PanelSpec, Target } from './panel.ts';

type Rest = Omit<PanelSpec, 'kind' | 'title' | 'targets'>;

/** A panel of a kind: title, targets, then everything else. */
const panel =
  (kind: PanelSpec['kind']) =>
  (title: string, targets: readonly Target[], rest: Rest): PanelSpec => ({
    title,
    kind,
    targets,
    ...rest,
  });

export const timeseries = panel('timeseries');
export const heatmap = panel('heatmap');
export const stateTimeline = panel('state-timeline');

const instant = (
  targets: readonly Target[],
  format: NonNullable<Target['format']>,
): readonly Target[] => targets.map((target) => ({ format, ...target, isInstant: true }));

const instantPanel =
  (kind: PanelSpec['kind'], format: NonNullable<Target['format']>) =>
  (title: string, targets: readonly Target[], rest: Rest): PanelSpec =>
    panel(kind)(title, instant(targets, format), rest);

export const stat = instantPanel('stat', 'time_series');
export const gauge = instantPanel('gauge', 'time_series');
export const bargauge = instantPanel('bargauge', 'time_series');
export const barchart = instantPanel('barchart', 'table');
export const table = instantPanel('table', 'table');
