import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { numberText } from '../model/number-text.ts';
import { niceTicks, timeTicks, valueRange } from '../model/plot-scale.ts';
import type { Point } from '../model/spark.ts';
import { clockText, dayText, momentText } from '../model/time-text.ts';

import { nowMs } from '../browser/clock.ts';

export interface PlotSeries {
  readonly name: string;
  readonly points: readonly Point[];
  /** Drawn as a dashed line in the colour of alarms. */
  readonly isThreshold?: boolean;
}

export interface PlotMark {
  readonly timeMs: number;
  readonly text: string;
}

interface Props {
  readonly title: string;
  readonly series: readonly PlotSeries[];
  readonly startMs: number;
  readonly endMs: number;
  /** Points further apart than this are not joined. */
  readonly gapMs: number;
  readonly marks?: readonly PlotMark[];
  /** From here to the end the ground is tinted. */
  readonly firedMs?: number | undefined;
}

const HEIGHT = 240;
const LEFT = 56;
const RIGHT = 12;
const TOP = 14;
const BOTTOM = 24;
const COLOURS = 6;
const LEGEND_MAX = 40;
/** The widest text of a mark. */
const MARK_WIDTH = 48;

/** Lines over time as SVG: styled like text, read by screen readers as the table below it. */
export function Plot(props: Props): JSX.Element {
  const frame = useRef<HTMLElement>(null);
  const width = useWidth(frame);
  const [pointedMs, point] = useState<number | undefined>(undefined);
  const scale = scaleOf(props, width);
  const move = (event: PointerEvent): void => {
    const left = frame.current?.getBoundingClientRect().left ?? 0;
    const share = (event.clientX - left - LEFT) / (width - LEFT - RIGHT);
    const { startMs, endMs } = props;
    point(share < 0 || share > 1 ? undefined : startMs + share * (endMs - startMs));
  };
  return (
    <figure ref={frame} class="plot">
      <svg
        width={width}
        height={HEIGHT}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        role="img"
        aria-label={`${props.title}, as a plot`}
        onPointerMove={move}
        onPointerLeave={() => point(undefined)}
      >
        <Ground {...props} scale={scale} width={width} />
        {props.series.map((series, index) => (
          <path
            key={series.name}
            class={
              series.isThreshold === true
                ? 'plot-threshold'
                : `plot-line plot-${colourOf(props.series, index)}`
            }
            d={pathOf(
              series.points,
              scale,
              series.isThreshold === true ? Number.POSITIVE_INFINITY : props.gapMs,
            )}
          />
        ))}
        {pointedMs !== undefined && (
          <line
            class="plot-cross"
            x1={scale.x(pointedMs)}
            x2={scale.x(pointedMs)}
            y1={TOP}
            y2={HEIGHT - BOTTOM}
          />
        )}
      </svg>
      <figcaption>
        <Legend series={props.series} atMs={pointedMs} gapMs={props.gapMs} />
      </figcaption>
    </figure>
  );
}

interface Scale {
  readonly x: (timeMs: number) => number;
  readonly y: (value: number) => number;
  readonly low: number;
  readonly high: number;
}

function scaleOf({ series, startMs, endMs }: Props, width: number): Scale {
  const [low, high] = valueRange(series.flatMap(({ points }) => points.map(({ value }) => value)));
  return {
    x: (timeMs) => round(LEFT + ((timeMs - startMs) / (endMs - startMs)) * (width - LEFT - RIGHT)),
    y: (value) => round(HEIGHT - BOTTOM - ((value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM)),
    low,
    high,
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Thresholds take no colour of their own. */
function colourOf(series: readonly PlotSeries[], index: number): number {
  const before = series.slice(0, index).filter(({ isThreshold }) => isThreshold !== true).length;
  return (before % COLOURS) + 1;
}

function pathOf(points: readonly Point[], { x, y }: Scale, gapMs: number): string {
  let beforeMs = Number.NEGATIVE_INFINITY;
  let path = '';
  for (const { timeMs, value } of points) {
    path += `${path === '' || timeMs - beforeMs > gapMs ? 'M' : 'L'}${x(timeMs)} ${y(value)}`;
    beforeMs = timeMs;
  }
  return path;
}

interface GroundProps extends Props {
  readonly scale: Scale;
  readonly width: number;
}

/** The time since it fired, axes, and marks. */
function Ground(props: GroundProps): JSX.Element {
  const { startMs, endMs, firedMs = endMs, scale, width } = props;
  const from = scale.x(Math.max(startMs, firedMs));
  return (
    <>
      {firedMs < endMs && (
        <rect
          class="plot-fired"
          x={from}
          y={TOP}
          width={Math.max(0, width - RIGHT - from)}
          height={HEIGHT - TOP - BOTTOM}
        />
      )}
      {niceTicks(scale.low, scale.high, 5).map((value) => (
        <g key={value}>
          <line
            class="plot-grid"
            x1={LEFT}
            x2={width - RIGHT}
            y1={scale.y(value)}
            y2={scale.y(value)}
          />
          <text class="plot-text" x={LEFT - 7} y={scale.y(value) + 4} text-anchor="end">
            {numberText(value)}
          </text>
        </g>
      ))}
      <Times {...props} />
      <Marks {...props} />
    </>
  );
}

function Times({ startMs, endMs, scale, width }: GroundProps): JSX.Element {
  const offsetMs = new Date(endMs).getTimezoneOffset() * 60_000;
  /** So that no text is cut off. */
  const isInside = (timeMs: number): boolean => scale.x(timeMs) < width - RIGHT - 8;
  const times = timeTicks(startMs, endMs, { count: Math.max(2, width / 110), offsetMs });
  return (
    <>
      {times.filter(isInside).map((timeMs) => (
        <text
          key={timeMs}
          class="plot-text"
          x={scale.x(timeMs)}
          y={HEIGHT - 7}
          text-anchor="middle"
        >
          {axisText(timeMs, endMs - startMs)}
        </text>
      ))}
    </>
  );
}

function axisText(timeMs: number, spanMs: number): string {
  if (spanMs > 36 * 3_600_000) return dayText(timeMs).slice(5);
  return clockText(timeMs).slice(0, spanMs < 600_000 ? 8 : 5);
}

function Marks({ startMs, endMs, marks = [], scale, width }: GroundProps): JSX.Element {
  /** At the right edge the text stands on the other side of its line. */
  const isAtEnd = (timeMs: number): boolean => scale.x(timeMs) > width - RIGHT - MARK_WIDTH;
  const shown = marks.filter(({ timeMs }) => timeMs >= startMs && timeMs <= endMs);
  return (
    <>
      {shown.map(({ timeMs, text }) => (
        <g key={`${text} ${timeMs}`}>
          <line
            class="plot-mark"
            x1={scale.x(timeMs)}
            x2={scale.x(timeMs)}
            y1={TOP}
            y2={HEIGHT - BOTTOM}
          />
          <text
            class="plot-text"
            x={scale.x(timeMs) + (isAtEnd(timeMs) ? -4 : 4)}
            y={TOP + 10}
            text-anchor={isAtEnd(timeMs) ? 'end' : 'start'}
          >
            {text}
          </text>
        </g>
      ))}
    </>
  );
}

/** The value of each line at the pointer, else the last one. */
function Legend({
  series,
  atMs,
  gapMs,
}: {
  readonly series: readonly PlotSeries[];
  readonly atMs: number | undefined;
  readonly gapMs: number;
}): JSX.Element {
  const moment = atMs === undefined ? 'now' : momentText(atMs, nowMs.peek());
  return (
    <table class="legend">
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col" class="number">
            {moment}
          </th>
          <th scope="col" class="number">
            least
          </th>
          <th scope="col" class="number">
            most
          </th>
        </tr>
      </thead>
      <tbody>
        {series.slice(0, LEGEND_MAX).map(({ name, points, isThreshold }, index) => {
          const values = points.map(({ value }) => value);
          const here = atMs === undefined ? points.at(-1) : nearest(points, atMs, gapMs);
          return (
            <tr key={name}>
              <td>
                <span
                  aria-hidden="true"
                  class={
                    isThreshold === true
                      ? 'swatch swatch-threshold'
                      : `swatch swatch-${colourOf(series, index)}`
                  }
                />
                {name}
              </td>
              <td class="number">{here === undefined ? '–' : numberText(here.value)}</td>
              <td class="number">{values.length === 0 ? '–' : numberText(Math.min(...values))}</td>
              <td class="number">{values.length === 0 ? '–' : numberText(Math.max(...values))}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function nearest(points: readonly Point[], atMs: number, gapMs: number): Point | undefined {
  let best: Point | undefined;
  for (const point of points) {
    const isCloser = Math.abs(point.timeMs - atMs) < Math.abs((best?.timeMs ?? -gapMs) - atMs);
    if (isCloser && Math.abs(point.timeMs - atMs) <= gapMs) best = point;
  }
  return best;
}

function useWidth(frame: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const { current } = frame;
    if (current === null) return undefined;
    const look = (): void => setWidth(Math.max(240, Math.floor(current.clientWidth)));
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(current);
    return () => sizes.disconnect();
  }, []);
  return width;
}
