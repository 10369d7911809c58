import { readFileSync } from 'node:fs';

import { createRandom, type Random, shuffled } from './random.ts';

/** The nine answers about a page, in the order of the columns and of the model's input. */
export const FEATURES = [
  'empty_server_form_handler',
  'popup_window',
  'https',
  'request_from_other_domain',
  'anchor_from_other_domain',
  'is_popular',
  'long_url',
  'age_of_domain',
  'ip_in_url',
] as const;

const LABEL = 'is_phishing';

/** The meaning of labels 0 and 1. */
export const CLASSES = ['legitimate', 'phishing'] as const;

export interface Row {
  /** One number per name of `FEATURES`: 0, 0.5 or 1. */
  readonly features: readonly number[];
  readonly label: 0 | 1;
}

export interface Split {
  readonly train: readonly Row[];
  readonly heldOut: readonly Row[];
}

/** @throws {SyntaxError} when a column is missing or a cell is not a number, with its line. */
export function parseDataset(text: string): Row[] {
  const [header = '', ...lines] = text.trim().split(/\r?\n/u);
  const expected = [...FEATURES, LABEL].join(',');
  if (header !== expected) {
    throw new SyntaxError(`Cannot read the data set: expected the header "${expected}"`);
  }
  return lines.map((line, index) => parseRow(line, index + 2));
}

function parseRow(line: string, lineNumber: number): Row {
  const cells = line.split(',').map(Number);
  const label = cells.pop();
  const isComplete = cells.length === FEATURES.length && cells.every(Number.isFinite);
  if (!isComplete || (label !== 0 && label !== 1)) {
    throw new SyntaxError(
      `Cannot read line ${lineNumber} of the data set: expected ${FEATURES.length} numbers ` +
        `and a label of 0 or 1: current line is "${line}"`,
    );
  }
  return { features: cells, label };
}

/** The 1,250 rows that lie beside the example. */
export function loadDataset(): Row[] {
  return parseDataset(readFileSync(new URL('../phishing.csv', import.meta.url), 'utf8'));
}

/**
 * Deals the rows into `count` folds of equal class shares.
 *
 * Each class is shuffled and dealt round, so that no fold is short of one class.
 */
export function stratifiedFolds(rows: readonly Row[], count: number, random: Random): Row[][] {
  const folds: Row[][] = Array.from({ length: count }, () => []);
  const dealt = [0, 1].flatMap((label) =>
    shuffled(
      rows.filter((row) => row.label === label),
      random,
    ),
  );
  for (const [index, row] of dealt.entries()) folds[index % count]?.push(row);
  return folds;
}

/**
 * Four fifths to train on, one fifth that training never sees.
 *
 * The load generator replays the second part, so both must come from the same seed.
 */
export function splitDataset(rows: readonly Row[], seed: number): Split {
  const [heldOut = [], ...rest] = stratifiedFolds(rows, 5, createRandom(seed));
  return { train: rest.flat(), heldOut };
}
