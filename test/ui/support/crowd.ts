import type { Scene } from './scene.ts';

const BATCH = 500;

/** Rules of many groups, of which one has many alerts. */
export function crowdRules(rules: number): string {
  const groups = Array.from({ length: rules / 10 }, (_, group) => {
    const own = Array.from(
      { length: 10 },
      (_unused, rule) =>
        `      - {alert: Rule${group}x${rule}, expr: 'absent_metric_${group}_${rule} > ${rule}'}`,
    );
    return `  - name: group-${group}\n    interval: 1h\n    rules:\n${own.join('\n')}`;
  });
  return `groups:
  - name: crowd
    interval: 15s
    rules:
      - {alert: Crowded, expr: crowd > 0.5, labels: {severity: critical}, annotations: {summary: 'place {{ $labels.place }}'}}
${groups.join('\n')}
`;
}

/** Makes as many alerts of one rule fire. */
export async function fillCrowd(scene: Scene, alerts: number): Promise<void> {
  for (let from = 0; from < alerts; from += BATCH) {
    const timeMs = scene.clock.nowMs();
    await scene.post(
      Array.from({ length: Math.min(BATCH, alerts - from) }, (_, index) => ({
        name: 'crowd',
        value: 0.6 + ((from + index) % 40) / 100,
        timeMs,
        attributes: { place: String(from + index), zone: `z${(from + index) % 7}` },
      })),
    );
  }
  await scene.clock.advance(30_000);
}

/** Enough series for so many alerts, whose one sample stays good for as long as they are looked at. */
export const CROWD_CONFIG = '  limits: {max_series: 200000}\n  promql: {lookback: 2h}\n';
