import type { JSX } from 'preact';

import { nowMs } from '../../browser/clock.ts';
import { changePointMs, type DriftStream, streamMatchers } from '../../model/drift.ts';
import { pointsOf } from '../../model/spark.ts';
import { durationText, momentText } from '../../model/time-text.ts';
import { Card } from '../../parts/card.tsx';
import { Plot } from '../../parts/plot.tsx';
import { readRange } from '../../store/range.ts';
import { useReading } from '../../store/reading.ts';

const SPAN_MS = 3 * 3_600_000;
const STEP_MS = 60_000;

/** Evidence over time, as powers of ten, with the moment from which it grew. */
export function EvidencePlot({ stream }: { readonly stream: DriftStream }): JSX.Element | null {
  const matchers = `{${streamMatchers(stream.stream)},ml_drift_aspect="value"}`;
  const { value } = useReading(
    async (signal) => {
      const endMs = Math.ceil(Date.now() / STEP_MS) * STEP_MS;
      const span = { startMs: endMs - SPAN_MS, endMs, stepMs: STEP_MS };
      const { series } = await readRange(`max(ml_drift_fleet_evidence${matchers})`, span, signal);
      return { span, points: pointsOf(series[0]) };
    },
    matchers,
    { everyMs: 30_000 },
  );
  const threshold = stream.aspects.find(({ aspect }) => aspect === 'value')?.threshold ?? null;
  if (value === undefined || value.points.length < 2 || threshold === null) return null;
  const { span, points } = value;
  const changedMs = changePointMs(points, threshold);
  const startMs = Math.max(span.startMs, (points[0]?.timeMs ?? span.startMs) - STEP_MS);
  const toPower = (each: number): number => Math.log10(Math.max(1, each));
  const limit = [startMs, span.endMs].map((timeMs) => ({ timeMs, value: toPower(threshold) }));
  return (
    <Card title="Evidence over time">
      {changedMs !== undefined && (
        <p>
          It grows since <strong>{momentText(changedMs, nowMs.value)}</strong>,{' '}
          {durationText(nowMs.value - changedMs)} ago: the change most likely began about then.
        </p>
      )}
      <Plot
        title={`Evidence of ${stream.stream.name}`}
        series={[
          {
            name: 'evidence, as a power of ten',
            points: points.map((each) => ({ ...each, value: toPower(each.value) })),
          },
          { name: 'threshold', points: limit, isThreshold: true },
        ]}
        startMs={startMs}
        endMs={span.endMs}
        gapMs={STEP_MS * 3}
        marks={changedMs === undefined ? [] : [{ timeMs: changedMs, text: 'change' }]}
        firedMs={changedMs}
      />
    </Card>
  );
}
