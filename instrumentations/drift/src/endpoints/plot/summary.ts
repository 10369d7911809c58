import type { StreamMonitor } from '../../stream/stream-monitor.ts';
import type { PlotCurve } from './curve.ts';
import { clipped, percent, shortNumber } from './panels.ts';

const NAMES_SHOWN_MAX = 5;
const NAME_LENGTH_MAX = 24;

/** What stands above a drawing: the state, then effect and evidence of every aspect. */
export function plotSummary(
  stream: StreamMonitor,
  curve: PlotCurve | undefined,
): readonly string[] {
  const { key, comparison } = stream;
  const where = `${key.direction} of ${`${key.model} ${key.version}`.trim()}`;
  const lines = stream.aspects().map((aspect) => {
    const { distance, floor } = aspect.effect;
    const evidence = `${shortNumber(aspect.evidence.value)} of ${shortNumber(aspect.threshold)}`;
    return (
      `${aspect.aspect.padEnd(8)}${aspect.state.padEnd(9)}effect ${distance.toFixed(3)} ` +
      `(noise ${floor.toFixed(3)}), evidence ${evidence}`
    );
  });
  const fresh = (comparison?.novel.categories() ?? []).slice(0, NAMES_SHOWN_MAX);
  const records = comparison?.value.window.length ?? 0;
  const size = comparison?.baseline.size ?? 0;
  return [
    `${key.name}, ${where}: ${stream.state}; the last ${records} values against ${size}`,
    ...lines,
    ...(curve === undefined
      ? []
      : [
          `largest gap ${curve.gap.distance.toFixed(3)} at ${shortNumber(curve.gap.value)}: ` +
            `${percent(curve.gap.baseline)} of the baseline lie up to there, ${percent(curve.gap.window)} of the window`,
        ]),
    ...(fresh.length === 0
      ? []
      : [`new: ${fresh.map(({ category }) => clipped(category, NAME_LENGTH_MAX)).join(', ')}`]),
  ];
}
