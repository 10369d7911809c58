import { parseDuration } from '../../../collector/src/model/duration.ts';
import type { Labels } from '../../../collector/src/model/labels.ts';
import type { SequenceValue } from '../../../collector/src/promql/notation/series.ts';
import { parseSeries } from '../../../collector/src/promql/notation/series.ts';
import { unquoteString } from '../../../collector/src/promql/parser/unquote.ts';
import { parseStartTimeLine } from './start-times.ts';

/** A series to be loaded; start timestamps are relative to each sample, in milliseconds. */
export interface LoadedSeries {
  readonly labels: Labels;
  readonly values: readonly SequenceValue[];
  readonly startTimes?: readonly (number | undefined)[];
}

export interface LoadCommand {
  readonly kind: 'load';
  readonly line: number;
  readonly stepMs: number;
  /** Classic histograms are loaded as native ones with custom buckets too. */
  readonly withCustomBuckets: boolean;
  readonly series: readonly LoadedSeries[];
}

export interface ClearCommand {
  readonly kind: 'clear';
  readonly line: number;
}

export type ExpectationKind = 'fail' | 'warn' | 'no_warn' | 'info' | 'no_info' | 'ordered';

/** `expect warn msg: text`: without a pattern anything matches. */
export interface Expectation {
  readonly kind: ExpectationKind;
  readonly matches: (text: string) => boolean;
  readonly shown: string;
}

export interface ExpectedSeries {
  readonly labels: Labels;
  readonly values: readonly SequenceValue[];
  /** Place among the expected series, from 0. */
  readonly position: number;
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly expr: string;
  readonly isRange: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly expectations: readonly Expectation[];
  readonly scalar: number | undefined;
  readonly text: string | undefined;
  readonly series: readonly ExpectedSeries[];
  /** `expect range vector`: the result of the instant query is a matrix. */
  readonly isMatrix: boolean;
}

export type Command = LoadCommand | ClearCommand | EvalCommand;

const EVAL_INSTANT =
  /^eval(?:_(?<mode>fail|warn|ordered|info))?\s+instant\s+(?:at\s+(?<at>.+?))?\s+(?<expr>.+)$/u;
const EVAL_RANGE =
  /^eval(?:_(?<mode>fail|warn|info))?\s+range\s+from\s+(?<from>.+)\s+to\s+(?<to>.+)\s+step\s+(?<step>.+?)\s+(?<expr>.+)$/u;
const EXPECT =
  /^expect\s+(?<kind>ordered|fail|warn|no_warn|info|no_info)(?:\s+(?<how>regex|msg):(?<pattern>.+))?$/u;
const EXPECT_MATRIX =
  /^expect range vector\s+from\s+(?<from>.+)\s+to\s+(?<to>.+)\s+step\s+(?<step>.+)$/u;

/**
 * Reads a script of Prometheus's test language.
 *
 * @throws {SyntaxError} naming the line.
 */
export function parseScript(text: string): Command[] {
  const reader = new LineReader(text);
  const commands: Command[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    if (line === '') continue;
    commands.push(reader.located(() => parseCommand(line, reader)));
  }
  return commands;
}

class LineReader {
  readonly #lines: readonly string[];
  /** The number of the line that was read last, from 1. */
  number = 0;

  constructor(text: string) {
    // A comment counts as a blank line and ends a block.
    this.#lines = text.split('\n').map((line) => line.trim().replace(/^#.*$/u, ''));
  }

  next(): string | undefined {
    const line = this.#lines[this.number];
    this.number += 1;
    return line;
  }

  /** The lines up to the next blank one. */
  *block(): Generator<string> {
    for (;;) {
      const line = this.#lines[this.number];
      if (line === undefined || line === '') return;
      this.number += 1;
      yield line;
    }
  }

  located<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      throw new SyntaxError(`line ${this.number}: ${String(cause)}`, { cause });
    }
  }
}

function parseCommand(line: string, reader: LineReader): Command {
  const word = line.split(/\s/u, 1)[0]?.toLowerCase() ?? '';
  if (word === 'clear') return { kind: 'clear', line: reader.number };
  if (word.startsWith('load')) return parseLoad(line, reader);
  if (word.startsWith('eval')) return parseEval(line, reader);
  throw new SyntaxError(`invalid command "${line}"`);
}

function parseLoad(line: string, reader: LineReader): LoadCommand {
  const header = /^load(?<nhcb>_with_nhcb)?\s+(?<step>.+)$/u.exec(line)?.groups;
  if (header === undefined) throw new SyntaxError('invalid load command');
  const number = reader.number;
  const series: LoadedSeries[] = [];
  let startTimes: (number | undefined)[] | undefined;
  for (const text of reader.block()) {
    const start = parseStartTimeLine(text);
    if (start !== undefined) {
      ({ startTimes } = start);
      continue;
    }
    const written = parseSeries(text);
    series.push(startTimes === undefined ? written : { ...written, startTimes });
    startTimes = undefined;
  }
  return {
    kind: 'load',
    line: number,
    stepMs: parseDuration(header['step'] ?? ''),
    withCustomBuckets: header['nhcb'] !== undefined,
    series,
  };
}

function parseEval(line: string, reader: LineReader): EvalCommand {
  const range = EVAL_RANGE.exec(line)?.groups;
  const header = range ?? EVAL_INSTANT.exec(line)?.groups;
  if (header === undefined) throw new SyntaxError(`invalid evaluation command "${line}"`);
  const number = reader.number;
  const startMs = parseDuration(header['from'] ?? header['at'] ?? '');
  const times =
    range === undefined
      ? { startMs, endMs: startMs, stepMs: 0 }
      : {
          startMs,
          endMs: parseDuration(range['to'] ?? ''),
          stepMs: parseDuration(range['step'] ?? ''),
        };
  const outcome = parseOutcome(reader);
  const expectations = [...modeExpectations(header['mode']), ...outcome.expectations];
  return {
    kind: 'eval',
    line: number,
    expr: header['expr'] ?? '',
    isRange: range !== undefined,
    ...times,
    ...outcome,
    ...outcome.times,
    expectations,
  };
}

/** `eval_fail` and its kin stand for an `expect` line. */
function modeExpectations(mode: string | undefined): Expectation[] {
  return mode === undefined ? [] : [anyOf(mode as ExpectationKind)];
}

function anyOf(kind: ExpectationKind): Expectation {
  return { kind, matches: () => true, shown: 'anything' };
}

type Outcome = Pick<EvalCommand, 'expectations' | 'scalar' | 'text' | 'series' | 'isMatrix'> & {
  readonly times: { startMs: number; endMs: number; stepMs: number } | undefined;
};

function parseOutcome(reader: LineReader): Outcome {
  const expectations: Expectation[] = [];
  const series = new Map<string, ExpectedSeries>();
  let scalar: number | undefined;
  let text: string | undefined;
  let times: Outcome['times'];
  for (const line of reader.block()) {
    const matrix = EXPECT_MATRIX.exec(line)?.groups;
    const number = parseNumber(line);
    if (matrix !== undefined) {
      times = {
        startMs: parseDuration(matrix['from'] ?? ''),
        endMs: parseDuration(matrix['to'] ?? ''),
        stepMs: parseDuration(matrix['step'] ?? ''),
      };
    } else if (line.startsWith('expect string ')) {
      text = unquoteString(line.slice('expect string '.length));
    } else if (line.startsWith('expect ')) {
      expectations.push(parseExpectation(line));
    } else if (number !== undefined) {
      scalar = number;
      break;
    } else {
      const written = parseSeries(line);
      series.set(written.labels.key, { ...written, position: series.size });
    }
  }
  return {
    expectations,
    scalar,
    text,
    series: [...series.values()],
    times,
    isMatrix: times !== undefined,
  };
}

function parseExpectation(line: string): Expectation {
  const parts = EXPECT.exec(line)?.groups;
  if (parts === undefined) throw new SyntaxError(`invalid expect statement "${line}"`);
  const kind = parts['kind'] as ExpectationKind;
  const pattern = parts['pattern']?.trim();
  if (pattern === undefined) return anyOf(kind);
  if (parts['how'] === 'msg') {
    return { kind, matches: (text) => text === pattern, shown: pattern };
  }
  const regex = new RegExp(pattern, 'u');
  return { kind, matches: (text) => regex.test(text), shown: pattern };
}

const NUMBER = /^[+-]?(?:0x[0-9a-f]+|inf(?:inity)?|nan|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/iu;

function parseNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  if (/nan$/iu.test(text)) return Number.NaN;
  const sign = text.startsWith('-') ? -1 : 1;
  const size = text.replace(/^[+-]/u, '');
  return sign * (/^inf/iu.test(size) ? Infinity : Number(size));
}
