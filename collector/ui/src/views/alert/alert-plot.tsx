import type { JSX } from 'preact';

import { nowMs } from '../../browser/clock.ts';
import { type Alert, type AlertRule, sinceMs } from '../../model/alert.ts';
import {
  closerSpan,
  type Point,
  plotQuery,
  pointsOf,
  type Span,
  seriesOf,
  spanOf,
  sparkQuery,
} from '../../model/spark.ts';
import { Card } from '../../parts/card.tsx';
import { Plot, type PlotMark, type PlotSeries } from '../../parts/plot.tsx';
import { Problem } from '../../parts/problem.tsx';
import { readRange } from '../../store/range.ts';
import { useReading } from '../../store/reading.ts';

/** More than any rule has alerts: always ask for the series of this alert only. */
const NARROWED = Number.POSITIVE_INFINITY;
const SHORT_SHARE = 0.5;

interface Drawn {
  readonly span: Span;
  /** Whether samples of most of the time asked for are missing. */
  readonly isShort: boolean;
  readonly series: readonly PlotSeries[];
}

/** What the rule looks at, since before it fired, with its threshold. */
export function AlertPlot({
  alert,
  rule,
}: {
  readonly alert: Alert;
  readonly rule: AlertRule;
}): JSX.Element {
  const { value, problem } = useReading(
    (signal) => readPlot(alert, rule, signal),
    `${alert.id} ${alert.firedAt ?? ''}`,
    { everyMs: 15_000 },
  );
  return (
    <Card title={plotQuery(rule)}>
      <Problem text={problem} />
      {value !== undefined && (
        <Plot
          title={`${alert.alertname}: ${plotQuery(rule)}`}
          series={value.series}
          startMs={value.span.startMs}
          endMs={value.span.endMs}
          gapMs={value.span.stepMs * 2.5}
          marks={marksOf(alert)}
          firedMs={timeOf(alert.firedAt)}
        />
      )}
      {value?.isShort === true && (
        <p class="hint">
          The service keeps samples as long as rules need them.{' '}
          <code>collector.retain_all: 6h</code> keeps them for longer plots.
        </p>
      )}
    </Card>
  );
}

const timeOf = (text: string | null | undefined): number | undefined =>
  Date.parse(text ?? '') || undefined;

/** What happened while the line was drawn. */
function marksOf({ activeAt, firedAt, ack }: Alert): readonly PlotMark[] {
  const named: readonly (readonly [text: string, timeMs: number | undefined])[] = [
    ['', activeAt === firedAt ? undefined : timeOf(activeAt)],
    ['fired', timeOf(firedAt)],
    ['ack', timeOf(ack?.at)],
  ];
  return named.flatMap(([text, timeMs]) => (timeMs === undefined ? [] : [{ text, timeMs }]));
}

async function readPlot(alert: Alert, rule: AlertRule, signal: AbortSignal): Promise<Drawn> {
  const endMs = alert.resolvedAt === null ? nowMs.peek() : Date.parse(alert.resolvedAt) + 300_000;
  const asked = spanOf(sinceMs(alert), Math.min(endMs, Date.now()));
  const read = async (span: Span): Promise<readonly Point[]> => {
    const measured = await readRange(sparkQuery(rule, [alert], NARROWED), span, signal);
    return pointsOf(seriesOf(alert, measured.series));
  };
  const wide = await read(asked);
  const firstMs = wide[0]?.timeMs ?? asked.endMs;
  const isShort = firstMs - asked.startMs > (asked.endMs - asked.startMs) * SHORT_SHARE;
  const span = isShort ? closerSpan(asked, firstMs) : asked;
  const own = { name: plotQuery(rule), points: isShort ? await read(span) : wide };
  if (rule.plot === null) return { span, isShort, series: [own] };
  const limit = Number(rule.plot.threshold);
  const name = `${rule.plot.comparison} ${rule.plot.threshold}`;
  if (Number.isFinite(limit)) {
    const ends = [span.startMs, span.endMs].map((timeMs) => ({ timeMs, value: limit }));
    return { span, isShort, series: [own, { name, points: ends, isThreshold: true }] };
  }
  const other = await readRange(rule.plot.threshold, span, signal);
  const line = pointsOf(seriesOf(alert, other.series));
  return { span, isShort, series: [own, { name, points: line, isThreshold: true }] };
}
