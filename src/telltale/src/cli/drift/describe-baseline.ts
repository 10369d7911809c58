import type { Baseline } from '@telltale/statistics';

import { inColumns } from '../columns.ts';
import { cellText, shortNumber } from './text.ts';

const CATEGORIES_SHOWN_MAX = 10;

/** A baseline for people. */
export function describeBaseline(baseline: Baseline, id: string): string {
  const { key, missing, known } = baseline;
  const rows = [
    ['id', id],
    ['model', `${key.model} ${key.version === '' ? '(any version)' : key.version}`],
    ['stream', `${key.name}, ${key.direction}, ${baseline.kind}`],
    ...(key.segment === undefined ? [] : [['segment', key.segment]]),
    ...(key.season === undefined ? [] : [['season', key.season]]),
    ['made', `${new Date(baseline.createdMs).toISOString()} from ${baseline.source}`],
    ['values', `${baseline.size}, ${missing.nulls} null and ${missing.invalid} invalid beside`],
    ['quality', qualityOf(baseline)],
    ['known', knownOf(baseline)],
    ...(known.kind === 'range' ? [['quartiles', quartilesOf(baseline)]] : []),
    ...(baseline.calibration === undefined
      ? []
      : [['calibration', `${baseline.calibration.length} knots`]]),
  ];
  const lines = inColumns(rows.map((row) => row.map(cellText)));
  return known.kind === 'range' ? lines : `${lines}\n\n${categoriesOf(baseline)}`;
}

function qualityOf({ quality, thin, designEffect }: Baseline): string {
  const dependence =
    thin === 1
      ? 'values are independent'
      : `every ${thin}th value is independent, design effect ${shortNumber(designEffect)}`;
  return `${quality}; ${dependence}`;
}

function knownOf({ known, isDeclared }: Baseline): string {
  const origin = isDeclared ? 'declared' : 'from the first half';
  return known.kind === 'range'
    ? `${shortNumber(known.min)} to ${shortNumber(known.max)}, ${origin}`
    : `${known.names.length} categories, ${origin}`;
}

function quartilesOf({ sample }: Baseline): string {
  const at = (share: number): string =>
    shortNumber(sample[Math.max(0, Math.ceil(share * sample.length) - 1)]);
  return [0, 0.25, 0.5, 0.75, 1].map(at).join('  ');
}

function categoriesOf({ known, categoryCounts, size }: Baseline): string {
  const names = known.kind === 'categories' ? known.names : [];
  const rows = names
    .slice(0, CATEGORIES_SHOWN_MAX)
    .map((name, place) => [cellText(name), share(categoryCounts[place] ?? 0, size)]);
  const rest = categoryCounts.slice(rows.length).reduce((sum, count) => sum + count, 0);
  return inColumns([...rows, ['all others', share(rest, size)]]);
}

const share = (count: number, size: number): string =>
  `${((100 * count) / Math.max(1, size)).toFixed(1)} %`;
