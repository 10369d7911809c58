import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { type Alert, sinceMs } from '../model/alert.ts';
import type { Point } from '../model/spark.ts';

import { nowMs } from '../browser/clock.ts';
import { sparkOf, wantSpark } from '../store/sparks.ts';

const WIDTH = 120;
const HEIGHT = 30;
const PAD = 2;

/** The rule's expression since before it fired, with its threshold and the moment it began. */
export function Sparkline({ alert }: { readonly alert: Alert }): JSX.Element {
  const points = sparkOf(alert).value;
  const tick = Math.floor(nowMs.value / 2000);
  useEffect(() => wantSpark(alert), [alert.id, tick]);
  const threshold = Number(alert.rule?.plot?.threshold ?? Number.NaN);
  const drawing = points.length < 2 ? undefined : draw(points, threshold, sinceMs(alert));
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {drawing !== undefined && (
        <>
          {drawing.began !== undefined && (
            <rect
              class="spark-fired"
              x={drawing.began}
              y="0"
              width={WIDTH - drawing.began}
              height={HEIGHT}
            />
          )}
          {drawing.threshold !== undefined && (
            <line
              class="spark-threshold"
              x1="0"
              x2={WIDTH}
              y1={drawing.threshold}
              y2={drawing.threshold}
            />
          )}
          <path class="spark-line" d={drawing.path} />
        </>
      )}
    </svg>
  );
}

function draw(
  points: readonly Point[],
  threshold: number,
  beganMs: number,
): { readonly path: string; readonly threshold?: number; readonly began?: number } {
  const values = points.map(({ value }) => value);
  const all = Number.isFinite(threshold) ? [...values, threshold] : values;
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const [from = 0, to = 0] = [points[0]?.timeMs, points.at(-1)?.timeMs];
  const x = (timeMs: number): number => ((timeMs - from) / Math.max(1, to - from)) * WIDTH;
  const y = (value: number): number =>
    HEIGHT - PAD - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * PAD);
  const path = points
    .map(
      ({ timeMs, value }, index) =>
        `${index === 0 ? 'M' : 'L'}${round(x(timeMs))} ${round(y(value))}`,
    )
    .join('');
  return {
    path,
    ...(Number.isFinite(threshold) ? { threshold: round(y(threshold)) } : {}),
    ...(beganMs > from && beganMs < to ? { began: round(x(beganMs)) } : {}),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
