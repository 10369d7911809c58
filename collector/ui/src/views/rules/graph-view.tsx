import type { JSX } from 'preact';

import { ask } from '../../api/client.ts';
import { place, setParameters } from '../../browser/place.ts';
import { pointsOf, type RangeSeries, type Span } from '../../model/spark.ts';
import { parseDurationMs } from '../../model/time-text.ts';
import { Plot } from '../../parts/plot.tsx';
import { Empty, Problem } from '../../parts/problem.tsx';
import { readRange } from '../../store/range.ts';
import { useReading } from '../../store/reading.ts';
import { ExpressionBox } from './expression-box.tsx';

const RANGES = ['10m', '1h', '3h', '6h', '1d', '7d'];
const RANGE_DEFAULT = '1h';
const POINTS = 240;
const SERIES_MAX = 30;
const ROWS_MAX = 200;

/** Any expression over time, or as a table of now. The address is that of Prometheus' own graph. */
export function GraphView(): JSX.Element {
  const {
    'g0.expr': expr = '',
    'g0.range_input': range = RANGE_DEFAULT,
    'g0.step_input': step = '',
    'g0.tab': tab = '0',
  } = place.value.parameters;
  const isTable = tab === '1';
  return (
    <div class="stack">
      <h1>Graph</h1>
      <ExpressionBox text={expr} onRun={(text) => setParameters({ 'g0.expr': text })} />
      <div class="head-line">
        <div role="group" aria-label="How" class="switch">
          <button
            type="button"
            aria-pressed={!isTable}
            onClick={() => setParameters({ 'g0.tab': '0' })}
          >
            Plot
          </button>
          <button
            type="button"
            aria-pressed={isTable}
            onClick={() => setParameters({ 'g0.tab': '1' })}
          >
            Table
          </button>
        </div>
        <label class="field inline">
          <span>Range</span>
          <select
            value={range}
            onChange={({ currentTarget }) =>
              setParameters({ 'g0.range_input': currentTarget.value })
            }
          >
            {[...new Set([...RANGES, range])].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label class="field inline">
          <span>Step</span>
          <input
            class="own-length"
            value={step}
            placeholder="auto"
            onChange={({ currentTarget }) =>
              setParameters({ 'g0.step_input': currentTarget.value })
            }
          />
        </label>
      </div>
      {expr === '' && <Empty text="Write an expression. Names are completed as you type." />}
      {expr !== '' &&
        (isTable ? <Table expr={expr} /> : <Lines expr={expr} range={range} step={step} />)}
    </div>
  );
}

function Lines({
  expr,
  range,
  step,
}: Readonly<Record<'expr' | 'range' | 'step', string>>): JSX.Element {
  const { value, problem } = useReading(
    async (signal) => {
      const span = spanNow(range, step);
      return { span, answer: await readRange(expr, span, signal) };
    },
    `${expr}\n${range}\n${step}`,
    { everyMs: 15_000 },
  );
  if (value === undefined)
    return problem === undefined ? <Empty text="Reading …" /> : <Problem text={problem} />;
  const { span, answer } = value;
  return (
    <section class="card" aria-label="Plot">
      <Problem text={problem} />
      {answer.series.length === 0 && <Empty text="No series." />}
      {answer.series.length > 0 && (
        <Plot
          title={expr}
          series={answer.series
            .slice(0, SERIES_MAX)
            .map((each) => ({ name: nameOf(each.metric), points: pointsOf(each) }))}
          startMs={span.startMs}
          endMs={span.endMs}
          gapMs={span.stepMs * 1.5}
        />
      )}
      {answer.series.length > SERIES_MAX && (
        <p class="hint">
          The first {SERIES_MAX} of {answer.series.length} series.
        </p>
      )}
      {answer.remarks.map((remark) => (
        <p key={remark} class="hint">
          {remark}
        </p>
      ))}
    </section>
  );
}

function spanNow(range: string, step: string): Span {
  const lengthMs = parseDurationMs(range) ?? 3_600_000;
  const stepMs =
    parseDurationMs(step) ?? Math.max(1000, Math.ceil(lengthMs / POINTS / 1000) * 1000);
  const endMs = Math.ceil(Date.now() / stepMs) * stepMs;
  return { startMs: endMs - Math.floor(lengthMs / stepMs) * stepMs, endMs, stepMs };
}

/** `name{a="b"}`, as in an expression. */
function nameOf(metric: RangeSeries['metric']): string {
  const { __name__: name = '', ...labels } = metric;
  const parts = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return parts.length === 0 ? name || '{}' : `${name}{${parts.join(', ')}}`;
}

interface InstantAnswer {
  readonly data:
    | {
        readonly resultType: 'vector';
        readonly result: readonly {
          readonly metric: RangeSeries['metric'];
          readonly value?: readonly [number, string];
        }[];
      }
    | { readonly resultType: 'scalar' | 'string'; readonly result: readonly [number, string] }
    | { readonly resultType: 'matrix'; readonly result: readonly RangeSeries[] };
}

function Table({ expr }: { readonly expr: string }): JSX.Element {
  const { value, problem } = useReading<InstantAnswer>(
    (signal) => ask('api/v1/query', { method: 'POST', form: { query: expr }, signal }),
    expr,
    { everyMs: 15_000 },
  );
  if (value === undefined)
    return problem === undefined ? <Empty text="Reading …" /> : <Problem text={problem} />;
  const rows = rowsOf(value);
  return (
    <section class="card table-frame" aria-label="Table">
      <table>
        <thead>
          <tr>
            <th scope="col">Series</th>
            <th scope="col" class="number">
              Value
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, ROWS_MAX).map(([name, text]) => (
            <tr key={name}>
              <td>
                <code>{name}</code>
              </td>
              <td class="number">{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && <Empty text="No series." />}
      {rows.length > ROWS_MAX && (
        <p class="hint">
          The first {ROWS_MAX} of {rows.length} series.
        </p>
      )}
    </section>
  );
}

function rowsOf({ data }: InstantAnswer): readonly (readonly [name: string, text: string])[] {
  switch (data.resultType) {
    case 'vector':
      return data.result.map(({ metric, value }) => [nameOf(metric), value?.[1] ?? 'histogram']);
    case 'matrix':
      return data.result.map(({ metric, values }) => [
        nameOf(metric),
        values.map(([, text]) => text).join(' '),
      ]);
    case 'scalar':
    case 'string':
      return [[data.resultType, data.result[1]]];
  }
}
