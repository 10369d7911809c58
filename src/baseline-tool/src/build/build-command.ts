import { type Command, InvalidArgumentError, Option } from 'commander';

import { NULL_TEXTS } from '../cells/cell-rules.ts';
import type { TableFormat } from '../table/read-table.ts';
import type { BaselineBuildOptions } from './build-baselines.ts';

const ROWS_DEFAULT = 10_000;
const ROWS_MAX = 100_000;

/** What the options of `baseline build` hold, for both programs that have it. */
export interface BuildFlags {
  readonly model: string;
  readonly version: string;
  readonly columns?: readonly string[];
  readonly direction?: 'input' | 'output';
  readonly kind?: 'numeric' | 'score' | 'confidence' | 'categorical';
  readonly segment?: string;
  readonly season?: string;
  readonly score?: string;
  readonly label?: string;
  readonly positive?: string;
  readonly declaredRange?: readonly [number, number];
  readonly out: string;
  readonly format?: TableFormat;
  readonly separator?: string;
  readonly decimal: '.' | ',';
  readonly thousands?: string;
  readonly null?: readonly string[];
  readonly rows: number;
  readonly shuffle?: boolean;
  readonly percentiles?: boolean;
  readonly seed: number;
  readonly json?: boolean;
}

/** Adds the options of `baseline build`: how a table is read, and what is made of it. */
export function addBuildFlags(command: Command): Command {
  return command
    .requiredOption('--model <name>', 'model that the data belong to')
    .option('--version <version>', 'its version; default: any', '')
    .option('--columns <names>', 'columns, or column=stream; default: all', commaList)
    .addOption(oneOf('--direction <direction>', ['input', 'output']))
    .addOption(oneOf('--kind <kind>', ['numeric', 'score', 'confidence', 'categorical']))
    .option('--segment <name>', 'part of the traffic that the data are of')
    .option('--season <name>', 'hour of the week that the data are of, such as mon-09')
    .option('--score <column>', 'output that the labels belong to, for its calibration')
    .option(
      '--label <column>',
      'truth of each row: 1 or true, 0 or false; with --kind numeric a number',
    )
    .option('--positive <text>', 'text of the positive class in the label column')
    .option('--declared-range <min,max>', 'what values may be; default: what they are', range)
    .option('--out <folder|file>', 'where baselines go', '.')
    .addOption(oneOf('--format <format>', ['csv', 'jsonl', 'parquet']))
    .option('--separator <character>', 'between cells; default: as the first lines say', separator)
    .addOption(oneOf('--decimal <character>', ['.', ',']).default('.'))
    .option('--thousands <character>', 'between groups of three digits', separator)
    .option(
      '--null <texts>',
      `texts that mean no value; default: ${NULL_TEXTS.join(',')}`,
      commaList,
    )
    .option('--rows <count>', `rows used, the newest; at most ${ROWS_MAX}`, rowCount, ROWS_DEFAULT)
    .option('--shuffle', 'rows are in no order of time: use some of all of them')
    .option('--percentiles', 'each column holds the values at k/1000 of a distribution, ascending')
    .option('--seed <number>', 'of shuffling and ties', wholeNumber, 1)
    .option('--json', 'print one JSON object');
}

/** What flags mean for a file. */
export function buildOptionsOf(
  file: string,
  flags: BuildFlags,
  nowMs: number,
): BaselineBuildOptions {
  const { decimal, thousands, null: nulls, shuffle, percentiles, json, ...rest } = flags;
  return {
    ...rest,
    file,
    rules: { decimal, thousands, nulls: new Set(nulls ?? NULL_TEXTS) },
    isShuffled: shuffle === true,
    arePercentiles: percentiles === true,
    isJson: json === true,
    nowMs,
  };
}

const oneOf = (flags: string, choices: readonly string[]): Option =>
  new Option(flags).choices([...choices]);

const commaList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

function range(text: string): readonly [number, number] {
  const [min = Number.NaN, max = Number.NaN, ...more] = text.split(',').map(Number);
  if (more.length === 0 && Number.isFinite(min) && Number.isFinite(max) && min <= max) {
    return [min, max];
  }
  throw new InvalidArgumentError(`Expected min,max: current value is "${text}".`);
}

function separator(text: string): string {
  const character = text === '\\t' || text === 'tab' ? '\t' : text;
  if (character.length === 1 && !'"\r\n'.includes(character)) return character;
  throw new InvalidArgumentError(`Expected one character: current value is "${text}".`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (/^\d+$/u.test(text) && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError(`Expected a whole number: current value is "${text}".`);
}

function rowCount(text: string): number {
  const value = wholeNumber(text);
  if (value >= 1 && value <= ROWS_MAX) return value;
  throw new InvalidArgumentError(`Expected 1 to ${ROWS_MAX} rows: current value is "${text}".`);
}
